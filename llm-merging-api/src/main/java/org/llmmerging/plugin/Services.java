package org.llmmerging.plugin;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.llmmerging.MergeMethod;
import org.llmmerging.Merges;
import org.llmmerging.MergesDescription;
import org.llmmerging.MergesProvider;
import org.llmmerging.ModelCount;
import org.llmmerging.ParameterSpec;

/**
 * What one class loader has to register. Making it runs the code of the services: their constructors, and the methods
 * that describe them.
 */
record Services(List<RegisteredMerges> merges, List<RegisteredMethod> methods) {
    private static final Pattern METHOD_NAME = Pattern.compile("[a-z][a-z0-9]*(_[a-z0-9]+)*");

    /**
     * Finds the services that the loader's {@code META-INF/services} files list.
     *
     * @throws UnusablePluginException when a service gives null, or a name that cannot be registered
     * @throws java.util.ServiceConfigurationError when a service cannot be made; its cause is what was thrown
     */
    static Services find(ClassLoader loader, Origin origin) {
        List<RegisteredMerges> merges = new ArrayList<>();
        for (Merges each : ServiceLoader.load(Merges.class, loader)) {
            merges.add(describe(each, origin));
        }
        for (MergesProvider provider : ServiceLoader.load(MergesProvider.class, loader)) {
            Collection<Merges> provided = notNull(provider.merges(), provider, "merges()");
            for (Merges each : provided) {
                merges.add(describe(notNull(each, provider, "an element of merges()"), origin));
            }
        }
        List<RegisteredMethod> methods = new ArrayList<>();
        for (MergeMethod method : ServiceLoader.load(MergeMethod.class, loader)) {
            methods.add(describe(method, origin));
        }
        return new Services(merges, methods);
    }

    boolean isEmpty() {
        return merges.isEmpty() && methods.isEmpty();
    }

    private static RegisteredMerges describe(Merges merges, Origin origin) {
        MergesDescription description = notNull(merges.description(), merges, "description()");
        return new RegisteredMerges(description, merges, origin);
    }

    private static RegisteredMethod describe(MergeMethod method, Origin origin) {
        String name = notNull(method.name(), method, "name()");
        if (!METHOD_NAME.matcher(name).matches()) {
            throw new UnusablePluginException("name() of " + method.getClass().getName() + " must be lower-case words"
                    + " joined by underscores, such as task_arithmetic, and is \"" + name + "\".");
        }
        if (notNull(method.summary(), method, "summary()").lines().count() > 1) {
            throw new UnusablePluginException("summary() of " + method.getClass().getName()
                    + " is more than a line. Report it to the plugin's author.");
        }
        notNull(method.paper(), method, "paper()");
        notNull(method.models(), method, "models()");
        checkParameters(method);
        return new RegisteredMethod(name, method, origin);
    }

    private static void checkParameters(MergeMethod method) {
        List<ParameterSpec> parameters = notNull(method.parameters(), method, "parameters()");
        Set<String> names = new HashSet<>();
        for (ParameterSpec parameter : parameters) {
            String name = notNull(parameter, method, "an element of parameters()").name();
            if (!names.add(name)) {
                throw new UnusablePluginException("parameters() of " + method.getClass().getName() + " declares \""
                        + name + "\" twice. Report it to the plugin's author.");
            }
        }
        notNull(method.lambdaParameter(), method, "lambdaParameter()")
                .ifPresent(lambda -> checkLambda(lambda, method));
    }

    private static void checkLambda(ParameterSpec lambda, MergeMethod method) {
        String declared = "lambdaParameter() of " + method.getClass().getName() + " is \"" + lambda.name() + "\", ";
        if (!method.parameters().contains(lambda)) {
            throw new UnusablePluginException(
                    declared + "which is none of its parameters(). Report it to the plugin's author.");
        }
        ModelCount models = method.models();
        boolean isPath = models.base() != ModelCount.Base.MEMBER && models.minimum() == 1;
        if (lambda.scope() == ParameterSpec.Scope.GLOBAL && !isPath) {
            throw new UnusablePluginException(declared + "which is one for the whole merge: models() must take one"
                    + " model and a base then. Report it to the plugin's author.");
        }
    }

    /** Plugins are not compiled with our null checks. */
    private static <T> T notNull(@Nullable T value, Object service, String what) {
        if (value == null) {
            throw new UnusablePluginException(
                    what + " of " + service.getClass().getName() + " is null. Report it to the plugin's author.");
        }
        return value;
    }
}

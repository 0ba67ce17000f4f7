package org.llmmerging.plugin;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.nio.charset.StandardCharsets;
import java.util.List;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

/**
 * Keeps a plugin from ending the process: in its classes, calls of {@link System#exit}, {@link Runtime#exit} and
 * {@link Runtime#halt} are redirected to this class, which throws.
 *
 * <p>A guard against accidents, such as a main method turned into a plugin, and no more. A plugin is trusted code: it
 * can still end the process through reflection, a method reference or native code, and Java offers no means to prevent
 * that.
 *
 * <p>Public only because plugins' classes must be able to call it.
 */
public final class ExitGuard {
    private static final ClassDesc GUARD = ClassDesc.of(ExitGuard.class.getName());
    private static final MethodTypeDesc STATUS = MethodTypeDesc.of(CD_void, CD_int);
    private static final ClassDesc RUNTIME = ClassDesc.of("java.lang.Runtime");
    private static final MethodTypeDesc RUNTIME_AND_STATUS = MethodTypeDesc.of(CD_void, RUNTIME, CD_int);
    /** The method names as a class file's constant pool has them: tag 1, length, text. */
    private static final List<byte[]> NAMES = List.of(constant("exit"), constant("halt"));

    private ExitGuard() {}

    /** Takes the place of {@link System#exit} in a plugin. */
    @SuppressWarnings("DoNotCallSuggester") // plugins' classes are made to call it
    public static void exit(int status) {
        throw new SecurityException(
                "the plugin asked to end the process with exit code " + status + ", which a plugin must not");
    }

    /** Takes the place of {@link Runtime#exit} and {@link Runtime#halt} in a plugin. */
    public static void exit(Runtime runtime, int status) {
        exit(status);
    }

    /** The class as it is, or with its calls redirected if it has any. */
    static byte[] guard(byte[] classFile, ClassLoader loader) {
        if (NAMES.stream().noneMatch(name -> contains(classFile, name))) {
            return classFile;
        }
        ClassFile context = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(loader).orElse(ClassHierarchyResolver.defaultResolver())));
        ClassModel model;
        try {
            model = context.parse(classFile);
            return context.transformClass(model, ClassTransform.transformingMethodBodies(ExitGuard::redirect));
        } catch (IllegalArgumentException e) {
            throw new ClassFormatError(e.getMessage());
        }
    }

    private static void redirect(CodeBuilder code, CodeElement element) {
        if (element instanceof InvokeInstruction call && call.typeSymbol().equals(STATUS)) {
            String method = call.owner().asInternalName() + "." + call.name().stringValue();
            if (call.opcode() == Opcode.INVOKESTATIC && method.equals("java/lang/System.exit")) {
                code.invokestatic(GUARD, "exit", STATUS);
                return;
            }
            if (method.equals("java/lang/Runtime.exit") || method.equals("java/lang/Runtime.halt")) {
                code.invokestatic(GUARD, "exit", RUNTIME_AND_STATUS);
                return;
            }
        }
        code.with(element);
    }

    private static byte[] constant(String name) {
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        byte[] constant = new byte[text.length + 3];
        constant[0] = 1;
        constant[2] = (byte) text.length;
        System.arraycopy(text, 0, constant, 3, text.length);
        return constant;
    }

    private static boolean contains(byte[] bytes, byte[] wanted) {
        for (int i = 0; i <= bytes.length - wanted.length; i++) {
            int matched = 0;
            while (matched < wanted.length && bytes[i + matched] == wanted[matched]) {
                matched++;
            }
            if (matched == wanted.length) {
                return true;
            }
        }
        return false;
    }
}

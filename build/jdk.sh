# shellcheck shell=sh
# The search for a JDK, for scripts that read this file and have a function `say` for messages.

JAVA_FEATURE=25

# Sets `version` to what the file `release` of a JDK says, or to nothing. No process is started: this is on the path of
# every command.
read_version() {
    version=
    if [ -r "$1/release" ]; then
        while IFS='=' read -r key value; do
            if [ "$key" = JAVA_VERSION ]; then
                version=${value#\"}
                version=${version%%\"*}
            fi
        done < "$1/release"
    elif [ -x "$1/bin/java" ]; then
        version=$("$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p' | head -n 1)
    fi
}

# Takes $1 as `java_home` when it is new enough; with $2 = build only when it has a compiler.
try_jdk() {
    [ -n "$1" ] && [ -x "$1/bin/java" ] || return 1
    read_version "$1"
    feature=${version%%[!0-9]*}
    [ -n "$feature" ] && [ "$feature" -ge "$JAVA_FEATURE" ] || return 1
    without_compiler=$1
    [ "$2" = run ] || [ -x "$1/bin/javac" ] || return 1
    # Absolute, for callers change their folder.
    case $1 in
        /*) java_home=$1 ;;
        *) java_home=$PWD/$1 ;;
    esac
}

# The home of the `java` on the PATH.
path_jdk() {
    link=$(command -v java) || return 0
    while [ -L "$link" ]; do
        target=$(readlink "$link")
        case $target in
            /*) link=$target ;;
            *) link=${link%/*}/$target ;;
        esac
    done
    link=${link%/*}
    printf '%s\n' "${link%/*}"
}

# Sets `java_home`, with $1 = build to that of a JDK with a compiler, and `version` to its version; ends the process when
# there is none. Looks in JAVA_HOME, then in `noted_jdk`, which a caller may set, then in all usual places.
find_jdk() {
    java_home=
    without_compiler=
    try_jdk "${JAVA_HOME:-}" "$1" && return
    try_jdk "${noted_jdk:-}" "$1" && return
    try_jdk "$(path_jdk)" "$1" && return
    for candidate in /usr/lib/jvm/* /usr/java/* /opt/java/* "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/*; do
        try_jdk "$candidate" "$1" && return
    done
    if [ -x /usr/libexec/java_home ]; then
        try_jdk "$(/usr/libexec/java_home -v "$JAVA_FEATURE+" 2>/dev/null)" "$1" && return
    fi
    for candidate in /Library/Java/JavaVirtualMachines/*/Contents/Home \
        "${HOME:-}"/Library/Java/JavaVirtualMachines/*/Contents/Home /opt/homebrew/opt/openjdk*; do
        try_jdk "$candidate" "$1" && return
    done
    if [ -n "$without_compiler" ]; then
        say "$without_compiler has no javac, which is needed to build: install the JDK, not only the JRE."
    else
        say "No JDK $JAVA_FEATURE or newer was found in JAVA_HOME${JAVA_HOME:+ ($JAVA_HOME)}, on the PATH," \
            "in /usr/lib/jvm, ~/.sdkman or /Library/Java."
    fi
    say "Install one, for example with 'apt-get install temurin-$JAVA_FEATURE-jdk', 'sdk install java $JAVA_FEATURE-tem'"
    say "or 'brew install openjdk@$JAVA_FEATURE', or set JAVA_HOME to the folder of one that you have."
    exit 2
}

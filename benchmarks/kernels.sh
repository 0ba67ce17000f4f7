#!/bin/sh
# Times the kernels with JMH, in nanoseconds for each element, on the Vector API and without it.
#
#   benchmarks/kernels.sh [JMH OPTION…]

set -eu
root=$(cd -P -- "$(dirname -- "$0")/.." && pwd -P)
here=$root/benchmarks

"$root/main" list > /dev/null
java=$(head -n 1 "$root/llm-merging-eval/target/app/main.aot.jdk")/bin/java
mvn -q -B -f "$here/pom.xml" compile
classes=$here/target/classes:$root/llm-merging-api/target/classes:$(cat "$here/target/classpath")

for vectors in '--add-modules=jdk.incubator.vector' ''; do
    echo "${vectors:-without the Vector API}"
    # shellcheck disable=SC2086 # one option or none
    "$java" $vectors -cp "$classes" org.openjdk.jmh.Main -jvmArgs "$vectors -Xmx512m" -f 1 -wi 3 -w 1 -i 5 -r 1 "$@"
done

#!/bin/sh
# Measures evaluation: benchmarks/eval.sh [DATA.csv...]
#
# Makes a model of Llama shape with 134 million random float32 weights, and prints how fast it reads, generates and
# chooses beside what the machine can multiply and move, then what batching and shared prefixes save on the given files
# (default: those of data/). Needs a build (mvn -B package), a JDK where ./main finds one, 3 GB of memory and 0.6 GB
# of disk (t5: 5 GB and 1 GB). It reads:
#
#   SHAPE       llama (default), or t5: of Flan-T5 base, with 247 million weights; only the files are measured then
#   FOLDER      where the model is kept (default: target/benchmark)
#   ROUNDS      how often everything is measured; medians are printed (default: 5)
#   ROWS        rows of each data file (default: 48)
#   NEW_TOKENS  tokens generated for a row (default: 32)
#   THREADS     threads of the engine (default: one per core)
#   CLOCK       wall (default), or cpu: processor time of one thread, for a machine that has other work; needs THREADS=1
#   MODEL       another model for the data (default: the one made)

set -eu
root=$(cd -P -- "$(dirname -- "$0")/.." && pwd -P)
folder=${FOLDER:-$root/target/benchmark}
jar=$root/llm-merging-eval/target/app/llm-merging-eval.jar
shape=${SHAPE:-llama}
case $shape in
llama) model=$folder/llama-134m ;;
t5) model=$folder/t5-247m ;;
*) printf 'eval.sh: SHAPE is %s; llama and t5 are known\n' "$shape" >&2; exit 2 ;;
esac

say() {
    printf 'eval.sh: %s\n' "$*" >&2
}

[ -f "$jar" ] || { say "$jar is missing. Build it: mvn -B package"; exit 1; }
. "$root/build/jdk.sh"
find_jdk build

run() {
    tool=$1
    shift
    "$java_home/bin/java" --enable-native-access=ALL-UNNAMED -Dai.djl.offline=true -Dorg.slf4j.simpleLogger.defaultLogLevel=error \
        -Dai.djl.pytorch.num_threads="${THREADS:-$(getconf _NPROCESSORS_ONLN)}" \
        -Dclock="${CLOCK:-wall}" -cp "$jar" "$root/benchmarks/eval/$tool.java" "$@"
}

[ $# -gt 0 ] || set -- "$root/data/test.csv" "$root/data/validation/cosmos_qa.csv" "$root/data/validation/xsum.csv"
if [ ! -f "$model/tokenizer.json" ] || [ ! -f "$model/model.safetensors" ]; then
    rm -rf "$model"
    run MakeModel "$shape" "$model" "$@"
fi
[ "$shape" = t5 ] || run EvalBenchmark "$model" "${ROUNDS:-5}"
run DataBenchmark "${MODEL:-$model}" "${ROWS:-48}" "${NEW_TOKENS:-32}" "${ROUNDS:-5}" "$@"

#!/bin/bash
# Times whole merges against the floor: reading the inputs once, and copying one file of the output's size.
#
#   benchmarks/merge.sh [SIZE…]              sizes: 0.03B 0.3B 1.1B 3B; default 0.3B 1.1B
#
# Makes bf16 models of Llama shape in a folder (removed at the end), and for each method prints the least over the
# rounds of: the floor, the time of `./main merge`, and its processor time; the ratio of the first two; and its peak
# memory. A round measures the floor and the merge one after the other. Environment:
#   METHODS   which methods; default all
#   TUNES     number of fine-tunes beside the base; default 3. With 1, linear and karcher merge it with the base
#   ROUNDS    default 3
#   FOLDER    where the models go; default target/benchmark. 1.1B needs 11 GB of disk, and memory to hold it
#   KEEP      not empty: leave the models there

set -eu
root=$(cd -P -- "$(dirname -- "$0")/.." && pwd -P)
folder=${FOLDER:-$root/target/benchmark}
tunes=${TUNES:-3}
rounds=${ROUNDS:-3}
methods=${METHODS:-linear slerp task_arithmetic dare_linear model_stock karcher geometric_median ties dare_ties della
breadcrumbs sce}
sizes=${*:-0.3B 1.1B}
app=$root/llm-merging-eval/target/app

"$root/main" list > /dev/null
java=$(head -n 1 "$app/main.aot.jdk")/bin/java
export LLM_MERGING_NO_BUILD=1
export LLM_MERGING_JAVA_OPTS="-Xmx512m ${LLM_MERGING_JAVA_OPTS:-}"

clean() {
    [ -n "${KEEP:-}" ] || rm -rf "$folder"
}
trap clean EXIT
trap 'exit 130' INT TERM

now() {
    date +%s%N
}

# The models that a method merges, and with it the base when it needs one.
models_of() {
    first=1
    case $1 in
        slerp) echo tune1 && return ;;
        linear | karcher) [ "$tunes" -gt 1 ] || echo base ;;
    esac
    seq -f 'tune%g' "$first" "$tunes"
}

base_of() {
    case $1 in
        linear | karcher) ;;
        *) echo base ;;
    esac
}

parameters_of() {
    case $1 in
        linear | task_arithmetic) echo 'weight: 0.4' ;;
        ties | dare_linear | dare_ties) echo 'weight: 0.4, density: 0.5' ;;
        della) echo 'weight: 0.4, density: 0.5, epsilon: 0.1' ;;
        breadcrumbs) echo 'weight: 0.4, density: 0.9, gamma: 0.01' ;;
    esac
}

write_config() {
    echo "merge_method: $1"
    [ -z "$(base_of "$1")" ] || echo "base_model: $models/base"
    echo 'models:'
    for model in $(models_of "$1"); do
        echo "  - model: $models/$model"
        [ -z "$(parameters_of "$1")" ] || echo "    parameters: {$(parameters_of "$1")}"
    done
    case $1 in
        slerp) echo 'parameters: {t: 0.4}' ;;
        sce) echo 'parameters: {select_topk: 0.1}' ;;
    esac
    echo 'dtype: bfloat16'
}

least() {
    sort -n | head -n 1
}

# Peak memory in MB: anonymous, and mapped files, which belong to the page cache. A run of its own, for looking at a
# process takes its time.
memory_of() {
    "$root/main" merge "$1" "$models/out" --quiet &
    process=$!
    anonymous=0
    mapped=0
    while rollup=$(cat "/proc/$process/smaps_rollup" 2> /dev/null) && [ -n "$rollup" ]; do
        set -- $(echo "$rollup" | awk '/^Rss:/ { r = $2 } /^Anonymous:/ { a = $2 } END { print int(a / 1024), int((r - a) / 1024) }')
        [ "$1" -le "$anonymous" ] || anonymous=$1
        [ "$2" -le "$mapped" ] || mapped=$2
        sleep 0.02
    done
    wait "$process"
    rm -rf "$models/out"
    echo "$anonymous $mapped"
}

for size in $sizes; do
    models=$folder/$size
    if [ ! -d "$models/tune$tunes" ]; then
        mkdir -p "$models"
        "$java" --add-modules jdk.incubator.vector -Xmx1g -cp "$app/*:$app/lib/*" \
            "$root/benchmarks/tools/MakeModels.java" "$models" "$size" "$tunes" 2> "$models/log" \
            || { cat "$models/log" >&2; exit 1; }
    fi
    echo
    echo "$size parameters, base and $tunes fine-tunes, least of $rounds; load average $(cut -d ' ' -f 1 /proc/loadavg)"
    echo
    echo '| method | floor s | merge s | ratio | processor s | GB/s | anonymous MB | mapped MB |'
    echo '|---|---:|---:|---:|---:|---:|---:|---:|'
    for method in $methods; do
        write_config "$method" > "$models/$method.yml"
        files=
        for model in $(base_of "$method") $(models_of "$method"); do
            files="$files $models/$model/model.safetensors"
        done
        # shellcheck disable=SC2086 # several files
        cat $files > /dev/null
        : > "$models/rounds"
        for _ in $(seq "$rounds"); do
            # Memory that has not been used for a while can be slow to get: first a copy that is not measured.
            # shellcheck disable=SC2086
            cat $files > /dev/null
            cp "$models/base/model.safetensors" "$models/copy"
            rm "$models/copy"
            start=$(now)
            # shellcheck disable=SC2086
            cat $files > /dev/null
            cp "$models/base/model.safetensors" "$models/copy"
            floor=$(($(now) - start))
            rm "$models/copy"
            sync -f "$models"
            start=$(now)
            TIMEFORMAT='%U %S'
            { time "$root/main" merge "$models/$method.yml" "$models/out" --quiet; } 2> "$models/time"
            merge=$(($(now) - start))
            processor=$(tail -n 1 "$models/time" | awk '{ print $1 + $2 }')
            rm -rf "$models/out"
            echo "$floor $merge $processor" >> "$models/rounds"
        done
        bytes=$(stat -c %s $files | awk '{ s += $1 } END { print s }')
        memory=$(memory_of "$models/$method.yml")
        floor=$(awk '{ print $1 / 1e9 }' "$models/rounds" | least)
        merge=$(awk '{ print $2 / 1e9 }' "$models/rounds" | least)
        processor=$(awk '{ print $3 }' "$models/rounds" | least)
        awk -v m="$method" -v f="$floor" -v t="$merge" -v p="$processor" -v b="$bytes" -v a="$memory" \
            'BEGIN { split(a, k, " ");
                printf "| %s | %.2f | %.2f | %.1f | %.1f | %.1f | %d | %d |\n", m, f, t, t / f, p, b / t / 1e9, k[1], k[2] }'
    done
    [ -n "${KEEP:-}" ] || rm -rf "$models"
done

# Starting and stopping the servers that are compared, each on loopback with its state in $tmp.
# Sourced by scripts/bench. Each start_NAME sets: target (arguments for load), pids, side, first_ms.

stop_list=

# Until Redis answers (10 s at most).
wait_redis() {
    i=0
    until redis-cli -p $redis_port ping > /dev/null 2>&1; do
        i=$((i + 1))
        [ $i -le 200 ] || return 1
        sleep 0.05
    done
}

# first_answer SINCE: waits for the first answer at $target, sets first_ms.
first_answer() {
    # shellcheck disable=SC2086
    first_ms=$("$load" $target --list "$tmp/one" --pid "$pids" --first "$1" 2>> "$tmp/log" | sed 's/.*:\([0-9.]*\)}/\1/')
    [ -n "$first_ms" ]
}

stop_server() {
    for p in $stop_list; do
        kill "$p" 2>/dev/null
    done
    for p in $stop_list; do
        wait "$p" 2>/dev/null
    done
    stop_list=
    pids=
    side=
}

start_nodns() {
    "$build/bench/nodns" $dns_port 2>> "$tmp/log" &
    stop_list="$stop_list $!"
    side=$!
}

# rspamd_config DIR [bayes]: the package's settings, less the modules that ask the network and the
# points for what only old mail has: without a network those would cost and judge amiss.
rspamd_config() {
    dir=$1
    mkdir -p "$dir/local.d" "$rspamd_db"
    for m in fuzzy_check greylist ratelimit rspamd_update rbl surbl spf dkim dkim_signing dmarc arc \
        asn mx_check hfilter bimi url_redirector reputation whitelist phishing dcc p0f; do
        echo 'enabled = false;' > "$dir/local.d/$m.conf"
    done
    cat > "$dir/local.d/groups.conf" <<'CONF'
group "neutral" {
  max_score = 0.0;
  symbols { "DATE_IN_PAST" { weight = 0.0; } }
}
CONF
    # The core asks too: signatures are checked by a filter that is built in.
    printf 'filters = "chartable,regexp";\ndns { nameserver = ["127.0.0.1:%s"]; }\n' $dns_port \
        > "$dir/local.d/options.inc"
    if [ "$2" = bayes ]; then
        cat > "$dir/local.d/classifier-bayes.conf" <<CONF
servers = "127.0.0.1:$redis_port";
backend = "redis";
min_learns = 1;
learn_condition = "return function(task, is_spam, is_unlearn) return true end";
CONF
        printf 'servers = "127.0.0.1:%s";\n' $redis_port > "$dir/local.d/redis.conf"
    fi
    cat > "$dir/rspamd.conf" <<CONF
.include "\$CONFDIR/common.conf"
options {
    pidfile = "$dir/rspamd.pid";
    .include "\$CONFDIR/options.inc"
    .include(try=true; priority=1,duplicate=merge) "$dir/local.d/options.inc"
}
logging {
    type = "file";
    filename = "$dir/log";
    .include "\$CONFDIR/logging.inc"
}
worker "normal" {
    bind_socket = "127.0.0.1:$rspamd_port";
    .include "\$CONFDIR/worker-normal.inc"
    count = 2;
}
worker "controller" {
    bind_socket = "127.0.0.1:$rspamd_control_port";
    .include "\$CONFDIR/worker-controller.inc"
}
CONF
    chown -R _rspamd "$dir" "$rspamd_db"
}

# start_rspamd DIR [bayes]
start_rspamd() {
    stop_list=
    rspamd_config "$1" "${2:-none}"
    start_nodns
    if [ "${2:-none}" = bayes ]; then
        redis-server --port $redis_port --bind 127.0.0.1 --save '' --appendonly no --dir "$tmp" \
            >> "$tmp/log" 2>&1 &
        stop_list="$stop_list $!"
        side="$side,$!"
        wait_redis || return 1
    fi
    since=$(date +%s%N)
    rspamd -f -u _rspamd -g _rspamd -c "$1/rspamd.conf" --var=DBDIR="$rspamd_db" --var=RUNDIR="$1" \
        --var=LOGDIR="$1" --var=LOCAL_CONFDIR="$1" >> "$tmp/log" 2>&1 &
    pids=$!
    stop_list="$stop_list $pids"
    target="--http 127.0.0.1:$rspamd_port/checkv2"
    first_answer "$since"
}

# Teaches the running rspamd a list with labels.
train_rspamd() {
    for label in spam ham; do
        sed -n "s/^$label //p" "$1" > "$tmp/train.$label"
        "$load" --http "127.0.0.1:$rspamd_control_port/learn$label" --header 'Password: q1' \
            --list "$tmp/train.$label" --conns 4 >> "$tmp/log" 2>&1 || return 1
    done
}

start_spamd() {
    stop_list=
    since=$(date +%s%N)
    mkdir -p "$tmp/spamd"
    chown nobody "$tmp/spamd"
    HOME="$tmp/spamd" spamd -L -x -m 2 --min-children=2 -u nobody -i 127.0.0.1 -p $spamd_port \
        -s "$tmp/spamd.log" >> "$tmp/log" 2>&1 &
    pids=$!
    stop_list=$pids
    side=
    target="--spamc 127.0.0.1:$spamd_port"
    first_answer "$since"
}

# start_muster DIR [CONFIG LINES]: a node with an empty data folder, or with what DIR holds.
start_muster() {
    stop_list=
    mkdir -p "$1"
    [ -d "$1/data" ] || mkdir "$1/data" "$1/run"
    chown nobody "$1" "$1/data" "$1/run"
    cat > "$1/muster.conf" <<CONF
user = nobody
data = $1/data
run = $1/run
log = warn
listen milter = 127.0.0.1:$muster_milter_port
listen spamd = 127.0.0.1:$muster_spamd_port
listen http = 127.0.0.1:$muster_port
listen control = 127.0.0.1:$muster_control_port
listen web = ""
resolver = ${muster_resolver:-none}
${2:-}
CONF
    since=$(date +%s%N)
    "$muster" serve --config "$1/muster.conf" 2>> "$1/log" &
    pids=$!
    stop_list=$pids
    side=
    target="--http 127.0.0.1:$muster_port/v1/scan"
    first_answer "$since" || { tail -3 "$1/log" >&2; return 1; }
}

# teach_muster DIR: the running node learns the list with labels.
teach_muster() {
    for label in spam ham; do
        sed -n "s/^$label //p" "$sets/teach" > "$tmp/train.$label"
        xargs -d '\n' "$muster" learn --config "$1/muster.conf" $label < "$tmp/train.$label" \
            >> "$tmp/log" 2>&1 || return 1
    done
}

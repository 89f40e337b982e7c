#!/usr/bin/env bash
# up.sh DIR [key=value ...]   start a throw-away Asterisk on loopback; everything it writes is under DIR
#
#   suite=sid|bullseye   Debian suite to take Asterisk from (sid: 22.x, bullseye: 16.28)        [sid]
#   root=DIR             where the unpacked packages live; instances share it                   [DIR/root]
#   block=127.0.0        Asterisk is BLOCK.1, trunks BLOCK.2 to .4, phones BLOCK.101 … .112    [127.0.0]
#   neighbour=ADDRESS    a second exchange that plays the provider (SIP and IAX2)               [none]
#   ami=5038 amitls=5039 http=8088 sip=5070   ports at BLOCK.1
#   secret=labsecret     secret of the manager and ARI users
#   channelvars=A,B      variables added to every channel event as ChanVariable lines
#   mirror=URL           Debian mirror                       [the one this machine's apt already uses]
#   only=packages        fetch and unpack, do not start
#
# Needs bash, apt-get, dpkg-deb, openssl, and for the first run a Debian mirror. Needs neither root nor a chroot nor
# systemd: packages are unpacked (no maintainer script runs, nothing on the host changes) and the binary is started
# through the unpacked C library's own loader. Prints one line of JSON when Asterisk has fully booted.
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,13p' "$0" >&2; exit 2; }
mkdir -p "$1"; DIR=$(cd "$1" && pwd); shift
suite=sid root= block=127.0.0 neighbour= ami=5038 amitls=5039 http=8088 sip=5070 secret=labsecret
channelvars='CALLERID(pres),REC_FILE,X_TAG' mirror= only=
for kv in "$@"; do
  case $kv in suite=*|root=*|block=*|neighbour=*|ami=*|amitls=*|http=*|sip=*|secret=*|channelvars=*|mirror=*|only=*) declare "${kv%%=*}=${kv#*=}";;
  *) echo "unknown parameter: $kv" >&2; exit 2;; esac
done
root=${root:-$DIR/root}
host=$block.1
here=$(cd "$(dirname "$0")" && pwd)

# ---------------------------------------------------------------- 1. packages, unpacked once
unpack() {
  mirror=${mirror:-$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep -m1 '/debian$')}
  local w; w=$(mktemp -d "$DIR/apt.XXXXXX")
  mkdir -p "$w/state/lists/partial" "$w/cache/archives/partial" "$root"; : >"$w/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$w/sources.list"
  local o=(-q -o Dir::Etc::sourcelist="$w/sources.list" -o Dir::Etc::sourceparts=- -o Dir::Etc::preferencesparts=-
    -o Dir::State="$w/state" -o Dir::State::status="$w/status" -o Dir::Cache="$w/cache"
    -o APT::Install-Recommends=false -o Acquire::Languages=none -o Acquire::Check-Valid-Until=false
    -o Acquire::Retries=3 -o Debug::NoLocking=true)
  [ "$(id -u)" = 0 ] && o+=(-o APT::Sandbox::User=root)
  apt-get "${o[@]}" update
  local p=(asterisk asterisk-core-sounds-en-gsm asterisk-moh-opsound-gsm); [ "$suite" = bullseye ] && p+=(asterisk-voicemail)
  apt-get "${o[@]}" -y --download-only install "${p[@]}"
  local d n
  for d in "$w"/cache/archives/*.deb; do
    n=${d##*/}; n=${n%%_*}
    # an older C library cannot be loaded next to the host's newer one: on older suites use the host's
    [ "$suite" = bullseye ] && case $n in libc6|libgcc-s1|libstdc++6|libcrypt1|libc-bin|perl*|python*) continue;; esac
    case $n in perl-base|debconf|adduser|passwd|login*|python3*|pci.ids|freetds-common) continue;; esac
    dpkg-deb -x "$d" "$root"
  done
  ls "$w"/cache/archives/*.deb | xargs -n1 basename >"$root/PACKAGES"
  rm -rf "$w" "$root"/usr/share/{doc,man,locale,info,lintian}
  touch "$root/.complete"
}
[ -e "$root/.complete" ] || unpack >"$DIR/install.log" 2>&1 || { tail -20 "$DIR/install.log" >&2; exit 1; }
[ "$only" = packages ] && exit 0

L=$root/usr/lib/x86_64-linux-gnu
[ "$(dpkg --print-architecture)" = amd64 ] || L=$root/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || gcc -dumpmachine)
libs=$L:$root/lib/${L##*/}:$root/usr/lib:$root/usr/lib/asterisk
mods=$L/asterisk/modules; [ -d "$mods" ] || mods=$root/usr/lib/asterisk/modules
ld=$L/ld-linux-x86-64.so.2; [ -e "$ld" ] || ld=$root/lib/${L##*/}/ld-linux-x86-64.so.2
if [ -e "$ld" ]; then
  run="exec $ld --argv0 $DIR/asterisk --library-path $libs $root/usr/sbin/asterisk -C $DIR/etc/asterisk.conf"
else
  run="export LD_LIBRARY_PATH=$libs; exec -a $DIR/asterisk $root/usr/sbin/asterisk -C $DIR/etc/asterisk.conf"
fi
# argv[0] is this wrapper, so that Asterisk's own "core restart" re-executes through the loader as well
printf '#!/bin/bash\n%s "$@"\n' "$run" >"$DIR/asterisk"; chmod +x "$DIR/asterisk"

# ---------------------------------------------------------------- 2. folders
mkdir -p "$DIR"/{etc,log/cdr-csv,log/cdr-custom,log/cel-custom,run,db,keys} "$DIR"/spool/{monitor,outgoing,tmp,voicemail,fax,meetme,dictate,system} "$DIR"/data
for shared in documentation rest-api static-http moh; do ln -sfn "$root/usr/share/asterisk/$shared" "$DIR/data/$shared"; done
mkdir -p "$DIR/data/sounds"; ln -sfn "$root/usr/share/asterisk/sounds/en_US_f_Allison" "$DIR/data/sounds/en"
if [ ! -e "$DIR/keys/ami.pem" ]; then
  openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=asterisk.test -addext "subjectAltName=DNS:localhost,IP:$host" \
    -keyout "$DIR/keys/k.pem" -out "$DIR/keys/c.pem" 2>/dev/null
  cat "$DIR/keys/c.pem" "$DIR/keys/k.pem" >"$DIR/keys/ami.pem"
fi

# ---------------------------------------------------------------- 3. configuration
# without a neighbour its address is one of ours where nobody listens
fill() {
  sed -e "s|@DIR@|$DIR|g; s|@ROOT@|$root|g; s|@MODULES@|$mods|g; s|@HOST@|$host|g; s|@BLOCK@|$block|g; s|@NEIGHBOUR@|${neighbour:-$block.254}|g" \
    -e "s|@AMITLS@|$amitls|g; s|@AMI@|$ami|g; s|@HTTP@|$http|g; s|@SIP@|$sip|g; s|@SECRET@|$secret|g; s|@CHANNELVARS@|$channelvars|g" "$1"
}
for template in "$here"/conf/*.conf; do fill "$template" >"$DIR/etc/${template##*/}"; done
cp "$here/extensions.conf" "$DIR/etc/extensions.conf"
# every phone has a loopback address of its own, so Asterisk can tell them apart by address; no SIP password needed
number=101
for name in 'Anna Petrova' 'Boris Ivanov' 'Клара Новак' Dispatcher 'Agent 105' 'Agent 106' 'Agent 107' 'Agent 108' 'Agent 109' 'Agent 110' 'Agent 111' 'Agent 112'; do
  fill "$here/conf/phone.template" | sed "s|@NUMBER@|$number|g; s|@NAME@|$name|g" >>"$DIR/etc/pjsip.conf"
  number=$((number + 1))
done

# ---------------------------------------------------------------- 4. start, wait for the boot
if [ -e "$DIR/run/asterisk.pid" ] && kill -0 "$(cat "$DIR/run/asterisk.pid")" 2>/dev/null; then echo "already running in $DIR" >&2; exit 1; fi
cd "$DIR"
# A fresh Asterisk sometimes dies of a bus error while it loads its modules: it is started up to three times.
starts=0
start() {
  starts=$((starts + 1))
  rm -f "$DIR/run/asterisk.pid" "$DIR/run/asterisk.ctl"
  setsid "$DIR/asterisk" -f -n </dev/null >>"$DIR/log/console.log" 2>&1 &
  echo $! >"$DIR/run/started.pid"
}
start
for _ in $(seq 600); do
  if "$DIR/asterisk" -rx 'core waitfullybooted' 2>/dev/null | grep -q 'fully booted'; then
    printf '{"version":"%s","pid":%s,"address":"%s","ami":%s,"sip":%s,"dir":"%s"}\n' \
      "$("$DIR/asterisk" -V | cut -d' ' -f2)" "$(cat "$DIR/run/asterisk.pid")" "$host" "$ami" "$sip" "$DIR"
    exit 0
  fi
  if ! kill -0 "$(cat "$DIR/run/started.pid")" 2>/dev/null; then
    [ "$starts" -lt 3 ] || { echo "Asterisk ended during the start, three times:" >&2; tail -20 "$DIR/log/console.log" >&2; exit 1; }
    start
  fi
  sleep 0.1
done
echo "Asterisk did not boot in 60 s" >&2; exit 1

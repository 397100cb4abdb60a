#!/usr/bin/env bash
# Apache Kafka 4.3.1, kafka-configs.sh
#
# kafka-configs.sh makes a user of SCRAM from the property SCRAM-SHA-512 given by --add-config or, so that no other user of
# the machine sees the password, from a file named by --add-config-file. The two want the same property in two forms. On the
# command line its value must be in brackets: SCRAM-SHA-512=[password=…]. In the file it must not be: with brackets the
# tool refuses it as an invalid credential property.
#
# The script gives both forms to both options. Nothing listens at the address: what is parsed goes on to connect, and fails
# with a timeout.
#
# Output seen:
#   --add-config, brackets: accepted
#   --add-config, no brackets: refused
#   --add-config-file, brackets: refused
#   --add-config-file, no brackets: accepted
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>4.3.1</version>
    </dependency>
  </dependencies>
</project>
POM
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies -DoutputDirectory=lib >/dev/null

echo 'SCRAM-SHA-512=[password=of-a-test]' >brackets
echo 'SCRAM-SHA-512=password=of-a-test' >none
cat >client.properties <<'SETTINGS'
default.api.timeout.ms=2000
request.timeout.ms=1000
SETTINGS

try() { # WHAT OPTION VALUE
  local said
  said=$(java -cp 'lib/*' kafka.admin.ConfigCommand --bootstrap-server 127.0.0.1:1 --command-config client.properties --alter \
    --entity-type users --entity-name one "$2" "$3" 2>&1) && exit 1
  case $said in
    *TimeoutException*) echo "$1: accepted" ;;
    *"Invalid credential property"* | *"Invalid entity config"*) echo "$1: refused" ;;
    *) echo "$said" ;;
  esac
}

{
  try "--add-config, brackets" --add-config "$(cat brackets)"
  try "--add-config, no brackets" --add-config "$(cat none)"
  try "--add-config-file, brackets" --add-config-file brackets
  try "--add-config-file, no brackets" --add-config-file none
} | tee seen
diff - seen <<'EXPECTED'
--add-config, brackets: accepted
--add-config, no brackets: refused
--add-config-file, brackets: refused
--add-config-file, no brackets: accepted
EXPECTED

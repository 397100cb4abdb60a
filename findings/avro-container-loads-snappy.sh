#!/usr/bin/env bash
# Apache Avro 1.12.2 with snappy-java 1.1.10.8 on the class path, as any program has it that uses kafka-clients
#
# A program writes and reads an Avro container file without compression (the codec "null"). DataFileWriter and
# DataFileReader ask for the codec by its name, and that initialises the table of all codecs. The table makes a codec of
# each kind that it finds on the class path, and so snappy-java unpacks its native library into the directory for temporary
# files and loads it. A program that never compresses anything leaves a file there when it is killed.
#
# Output seen:
#   written with codec null: 1 record
#   native libraries of snappy unpacked by the writer: 1
#   native libraries of snappy unpacked by the reader: 1
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
      <groupId>org.apache.avro</groupId>
      <artifactId>avro</artifactId>
      <version>1.12.2</version>
    </dependency>
    <dependency>
      <groupId>org.xerial.snappy</groupId>
      <artifactId>snappy-java</artifactId>
      <version>1.1.10.8</version>
    </dependency>
  </dependencies>
</project>
POM
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies -DoutputDirectory=lib >/dev/null

cat >Container.java <<'JAVA'
import java.io.File;
import java.util.Arrays;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;

class Container {
  public static void main(String[] arguments) throws Exception {
    Schema schema = SchemaBuilder.record("R").fields().requiredLong("n").endRecord();
    File file = new File("records.avro");
    int records = 0;
    if (arguments[0].equals("write")) {
      GenericRecord record = new GenericData.Record(schema);
      record.put("n", 1L);
      try (var writer = new DataFileWriter<GenericRecord>(new GenericDatumWriter<>(schema))) {
        writer.create(schema, file);
        writer.append(record);
        records++;
      }
    } else {
      try (var reader = new DataFileReader<GenericRecord>(file, new GenericDatumReader<>())) {
        for (GenericRecord record : reader) {
          records++;
        }
      }
    }
    String[] unpacked =
        new File(System.getProperty("java.io.tmpdir")).list((directory, name) -> name.startsWith("snappy"));
    System.out.println(records + " " + Arrays.stream(unpacked).filter(name -> name.endsWith(".so")).count());
  }
}
JAVA
java=$(command -v java)
mkdir writers readers
read -r written writers <<<"$("$java" -Djava.io.tmpdir=writers -cp 'lib/*' Container.java write 2>/dev/null)"
read -r read readers <<<"$("$java" -Djava.io.tmpdir=readers -cp 'lib/*' Container.java read 2>/dev/null)"

expect() {
  echo "$1: $2"
  [ "$2" = "$3" ] || { echo "expected: $3" >&2; exit 1; }
}
[ "$written" = "$read" ]
expect "written with codec null" "$written record" "1 record"
expect "native libraries of snappy unpacked by the writer" "$writers" "1"
expect "native libraries of snappy unpacked by the reader" "$readers" "1"

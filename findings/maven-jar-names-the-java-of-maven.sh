#!/usr/bin/env bash
# Apache Maven JAR Plugin 3.5.1 and 3.3.0, with the toolchain that Apache Maven Toolchains Plugin 3.3.0 has selected
#
# A build asks for no default entries in the manifest (addDefaultEntries=false of Maven Archiver), so that its jars do not
# depend on the Java that runs Maven. Where a toolchain is selected, 3.5.1 writes two entries all the same: Build-Jdk-Spec, of
# the toolchain, and Build-Tool-Jdk-Spec, of the Java that runs Maven. No setting leaves them out, so two builds with the
# same toolchain give different bytes if Maven itself ran on Java 17 and on Java 25. 3.3.0 writes neither.
#
# Output seen:
#   3.5.1: Build-Jdk-Spec Build-Tool-Jdk-Spec
#   3.3.0: none
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

mkdir -p src/main/resources
echo content >src/main/resources/file

entries() { # VERSION
  cat >pom.xml <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <properties>
    <project.build.outputTimestamp>2024-03-29T00:00:00Z</project.build.outputTimestamp>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <build>
    <plugins>
      <plugin>
        <groupId>org.apache.maven.plugins</groupId>
        <artifactId>maven-toolchains-plugin</artifactId>
        <version>3.3.0</version>
        <executions>
          <execution>
            <phase>validate</phase>
            <goals>
              <goal>select-jdk-toolchain</goal>
            </goals>
          </execution>
        </executions>
        <configuration>
          <version>[17,)</version>
          <useJdk>Never</useJdk>
        </configuration>
      </plugin>
      <plugin>
        <groupId>org.apache.maven.plugins</groupId>
        <artifactId>maven-jar-plugin</artifactId>
        <version>$1</version>
        <configuration>
          <archive>
            <addMavenDescriptor>false</addMavenDescriptor>
            <manifest>
              <addDefaultEntries>false</addDefaultEntries>
            </manifest>
          </archive>
        </configuration>
      </plugin>
    </plugins>
  </build>
</project>
POM
  rm -rf target
  mvn -q -B org.apache.maven.plugins:maven-toolchains-plugin:3.3.0:select-jdk-toolchain \
    org.apache.maven.plugins:maven-resources-plugin:3.3.1:resources \
    "org.apache.maven.plugins:maven-jar-plugin:$1:jar" >log 2>&1 || { cat log >&2; exit 1; }
  unzip -p target/finding-1.jar META-INF/MANIFEST.MF | tr -d '\r' | sed -n 's/^\(Build-[A-Za-z-]*\): .*/\1/p' | sort | xargs
}

expect() {
  echo "$1: $2"
  [ "$2" = "$3" ] || { echo "expected: $3" >&2; exit 1; }
}
new=$(entries 3.5.1)
old=$(entries 3.3.0)
expect 3.5.1 "${new:-none}" "Build-Jdk-Spec Build-Tool-Jdk-Spec"
expect 3.3.0 "${old:-none}" none

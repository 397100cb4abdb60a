package io.halfsecond.deploy.ansible;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.config.Catalogue;
import io.halfsecond.deploy.config.Configuration;
import io.halfsecond.deploy.ops.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The role is run by Ansible on a copy of this machine, without systemd: what a service manager
/// would do is not seen here. The package has the unit and the configuration file of the real one,
/// and no program.
class AnsibleRoleIT {
  private static final Path ANSIBLE = Path.of("ansible").toAbsolutePath();
  private static final Path HALFSECOND =
      Path.of("target/halfsecond/bin/halfsecond").toAbsolutePath();
  private static final String PASSWORD = "correct horse";
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "HALFSECOND_JAVA_HOME",
          System.getProperty("java.home"),
          // A third less time.
          "ANSIBLE_PIPELINING",
          "1");
  private static final String SETTINGS =
      """
      halfsecond_collector_package: DIRECTORY/halfsecond-collector_0.1.0_amd64.deb
      halfsecond_collector_bootstrap_servers: kafka-1:9094,kafka-2:9094
      halfsecond_collector_kafka:
        security.protocol: SASL_SSL
        connections.max.idle.ms: 31536000000
        ssl.truststore.type: PEM
        ssl.truststore.location: /etc/halfsecond/ca.pem
      halfsecond_collector_settings: {collector: {log: "off", probe: false}, topics: {prefix: prod.}}
      halfsecond_collector_ca: a certificate
      halfsecond_collector_secrets:
        - {name: jaas.conf, setting: kafka.sasl.jaas.config, content: PASSWORD}
      halfsecond_collector_fleet_secret: DIRECTORY/fleet.secrets
      halfsecond_collector_enroll_command: COMMAND
      """;

  @Test
  void should_be_clean_to_the_linter() {
    var result =
        Tool.require("ansible-lint", "ansible-lint")
            .run(ANSIBLE, Map.of(), "--offline", "--profile", "production", "--nocolor", "-q");

    assertThat(result.output()).isEmpty();
    assertThat(result.status()).isZero();
  }

  /// On the file system of the build: the temporary directory may be one that takes no overlay.
  @Test
  void should_configure_a_host_once_and_change_nothing_in_a_dry_run_or_the_second_time(
      @TempDir Path temporary) throws IOException {
    Path directory = Files.createTempDirectory(Path.of("target"), "ansible").toAbsolutePath();
    Path changes = directory.resolve("changes");
    prepare(directory, temporary);

    var dryRun = play(directory, "--check");
    assertThat(dryRun).contains("failed=0").doesNotContain("changed=0", PASSWORD);
    assertThat(changes.resolve("etc/halfsecond")).doesNotExist();

    var first = play(directory);
    assertThat(first).contains("failed=0").doesNotContain("changed=0", PASSWORD);
    var second = play(directory);
    assertThat(second).contains("failed=0", "changed=0").doesNotContain(PASSWORD);

    Path etc = changes.resolve("etc/halfsecond");
    var configuration =
        Configuration.load(Optional.of(etc.resolve("collector.yaml")), Map.of(), Map.of());
    assertThat(configuration.get(Catalogue.HOST)).isEqualTo("web-17");
    assertThat(configuration.get(Catalogue.BOOTSTRAP_SERVERS))
        .isEqualTo("kafka-1:9094,kafka-2:9094");
    assertThat(configuration.get(Catalogue.TOPIC_PREFIX)).isEqualTo("prod.");
    assertThat(configuration.get(Catalogue.PROBE)).isFalse();
    assertThat(configuration.kafka()).containsEntry("connections.max.idle.ms", "31536000000");
    assertThat(etc.resolve("jaas.conf")).hasContent(PASSWORD + "\n");
    assertThat(permissions(etc.resolve("jaas.conf"))).isEqualTo("rw-------");
    assertThat(permissions(etc.resolve("authentication.key"))).isEqualTo("rw-------");
    assertThat(Files.readString(etc.resolve("authentication.key"))).isEqualTo(key(directory));
    assertThat(permissions(etc.resolve("collector.yaml"))).isEqualTo("rw-r--r--");
    Path systemd = changes.resolve("etc/systemd/system");
    assertThat(systemd.resolve("halfsecond-collector.service.d/credentials.conf"))
        .content()
        .contains(
            """
            LoadCredential=jaas.conf:/etc/halfsecond/jaas.conf
            Environment=HALFSECOND_KAFKA_SASL_JAAS_CONFIG_FILE=%d/jaas.conf
            LoadCredential=authentication.key:/etc/halfsecond/authentication.key
            Environment=HALFSECOND_COLLECTOR_AUTHENTICATION_KEY_FILE=%d/authentication.key
            """);
    assertThat(
            Files.exists(
                systemd.resolve("multi-user.target.wants/halfsecond-collector.service"),
                LinkOption.NOFOLLOW_LINKS))
        .isTrue();
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private static void prepare(Path directory, Path temporary) throws IOException {
    Path root = temporary.resolve("package");
    Path unit = root.resolve("lib/systemd/system/halfsecond-collector.service");
    Files.createDirectories(unit.getParent());
    Files.copy(Path.of("systemd/halfsecond-collector.service"), unit);
    Files.createDirectories(root.resolve("DEBIAN"));
    Files.writeString(
        root.resolve("DEBIAN/control"),
        """
        Package: halfsecond-collector
        Version: 0.1.0
        Architecture: amd64
        Maintainer: Halfsecond <halfsecond@localhost>
        Description: the unit of the collector
        """);
    var built =
        Tool.require("dpkg-deb", "dpkg")
            .run(
                temporary,
                Map.of(),
                "--build",
                "--root-owner-group",
                root.toString(),
                directory.resolve("halfsecond-collector_0.1.0_amd64.deb").toString());
    assertThat(built.status()).as(built.output()).isZero();
    var secret =
        halfsecond(
            directory, "enroll", "--new-secret", directory.resolve("fleet.secrets").toString());
    assertThat(secret.status()).as(secret.output()).isZero();
    Files.writeString(
        directory.resolve("settings.yml"),
        SETTINGS
            .replace("DIRECTORY", directory.toString())
            .replace("COMMAND", HALFSECOND.toString())
            .replace("PASSWORD", PASSWORD));
    Files.writeString(
        directory.resolve("inventory.yml"),
        "halfsecond_hosts: {hosts: {web-17: {ansible_connection: local, ansible_python_interpreter:"
            + " /usr/bin/python3}}}\n");
  }

  private static Tool.Result halfsecond(Path directory, String... arguments) {
    return new Tool(HALFSECOND).run(directory, ENVIRONMENT, arguments);
  }

  private static String key(Path directory) {
    return halfsecond(
            directory,
            "enroll",
            "web-17",
            "--secret-file",
            directory.resolve("fleet.secrets").toString())
        .output();
  }

  private static String play(Path directory, String... options) {
    var command =
        new ArrayList<>(
            List.of(
                "--mount",
                "--propagation",
                "private",
                Path.of("src/test/ansible/in-a-copy.sh").toAbsolutePath().toString(),
                directory.toString(),
                Tool.require("ansible-playbook", "ansible-core").file().toString(),
                "--inventory",
                directory.resolve("inventory.yml").toString(),
                "--extra-vars",
                "@" + directory.resolve("settings.yml"),
                ANSIBLE.resolve("playbook.yml").toString()));
    command.addAll(List.of(options));
    if (!"root".equals(System.getProperty("user.name"))) {
      throw Tool.missing("only root can make a copy of the machine to run the role on");
    }
    var result =
        Tool.require("unshare", "util-linux")
            .run(directory, ENVIRONMENT, command.toArray(String[]::new));
    assertThat(result.status()).as(result.output()).isZero();
    return result.output();
  }
}

package io.halfsecond.deploy.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.halfsecond.collector.source.log.LogSettings;
import io.halfsecond.schemas.auth.SecretFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void should_have_a_value_for_every_key_when_nothing_is_set() {
    var configuration = Configuration.load(Optional.empty(), Map.of("HOME", "/home"), Map.of());

    assertThat(Catalogue.all())
        .allSatisfy(key -> assertThat((Object) configuration.get(key)).isNotNull());
    assertThat(configuration.get(Catalogue.BLOCK)).isEmpty();
    assertThat(configuration.kafka()).isEmpty();
  }

  @Test
  void should_ask_the_embedded_broker_at_its_port_unless_another_is_named() {
    var port = Map.of("broker.port", "19092");
    var both = Map.of("broker.port", "19092", "kafka.bootstrap.servers", "kafka-1:9092");

    assertThat(
            Configuration.load(Optional.empty(), Map.of(), port).get(Catalogue.BOOTSTRAP_SERVERS))
        .isEqualTo("127.0.0.1:19092");
    assertThat(
            Configuration.load(Optional.empty(), Map.of(), both).get(Catalogue.BOOTSTRAP_SERVERS))
        .isEqualTo("kafka-1:9092");
  }

  @Test
  void should_let_flags_win_over_variables_and_these_over_the_file() throws IOException {
    var file =
        file(
            """
            host: from-file
            collector: {heartbeat: 1m, log: journal}
            stream.threads: 4
            """);

    var configuration =
        Configuration.load(
            file,
            Map.of("HALFSECOND_COLLECTOR_HEARTBEAT", "2m", "HALFSECOND_HOST", "from-variable"),
            Map.of("host", "from-flag"));

    assertThat(configuration.get(Catalogue.HOST)).isEqualTo("from-flag");
    assertThat(configuration.get(Catalogue.HEARTBEAT)).isEqualTo(Duration.ofMinutes(2));
    assertThat(configuration.get(Catalogue.LOG)).isEqualTo(LogSettings.Mode.JOURNAL);
    assertThat(configuration.get(Catalogue.THREADS)).isEqualTo(4);
  }

  @Test
  void should_name_key_file_line_and_allowed_values_when_a_value_is_bad() throws IOException {
    var file =
        file(
            """
            # comment
            collector:
              log: journl
              kernel: yes please
            detector:
              block: 5
            """);

    assertThat(problems(file, Map.of(), Map.of()))
        .containsExactly(
            "FILE:4: collector.kernel: 'yes please' is not " + "allowed; it must be true or false",
            "FILE:3: collector.log: 'journl' is not allowed; it must be one of auto, journal, file,"
                + " off",
            "FILE:6: detector.block: '5' is not allowed; it must be auto, or a duration above zero"
                + " such as 500ms, 10s or 1m");
  }

  @Test
  void should_name_the_variable_when_its_value_is_bad() {
    assertThat(problems(Optional.empty(), Map.of("HALFSECOND_BROKER_PORT", "99999"), Map.of()))
        .containsExactly(
            "environment variable HALFSECOND_BROKER_PORT: broker.port: '99999' is not allowed; it"
                + " must be a whole number from 1 to 65533");
  }

  @Test
  void should_name_unknown_keys_wherever_they_stand() throws IOException {
    var file =
        file(
            """
            topics:
              prefx: a.
            """);

    assertThat(
            problems(
                file,
                Map.of("HALFSECOND_TOPICS_PREFX", "b."),
                Map.of(
                    "topics.prefx", "c.", "topics.size", "9", "color", "red", "kafka.acks", "0")))
        .containsExactlyInAnyOrder(
            "environment: HALFSECOND_TOPICS_PREFX: no such variable; did you mean"
                + " HALFSECOND_TOPICS_PREFIX?",
            "command line: topics.prefx: no such key; did you mean topics.prefix?",
            "command line: topics.size: no such key; this section has topics.prefix,"
                + " topics.partitions, topics.replication-factor",
            "command line: color: no such key; halfsecond config lists the keys",
            "command line: kafka.acks: no such key; allowed below kafka. are bootstrap.servers"
                + " and the settings of Kafka's clients, except those that Halfsecond sets itself,"
                + " such as acks; NAME-file takes the value from a file");
  }

  @Test
  void should_pass_kafkas_settings_on_and_read_secrets_from_their_files() throws IOException {
    var secret = secret("login required password=\"p\";\n");
    var file =
        file(
            """
            kafka:
              bootstrap.servers: [a:9092, b:9092]
              security.protocol: SASL_SSL
              sasl.jaas.config-file: %s
            """
                .formatted(secret));

    var configuration =
        Configuration.load(
            file, Map.of("HALFSECOND_KAFKA_SASL_MECHANISM", "SCRAM-SHA-512"), Map.of());

    assertThat(configuration.get(Catalogue.BOOTSTRAP_SERVERS)).isEqualTo("a:9092,b:9092");
    assertThat(configuration.kafka())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "security.protocol",
                "SASL_SSL",
                "sasl.mechanism",
                "SCRAM-SHA-512",
                "sasl.jaas.config",
                "login required password=\"p\";"));
  }

  @Test
  void should_let_the_later_source_win_whichever_form_of_kafkas_setting_it_has()
      throws IOException {
    var secret = secret("from-file\n");
    var direct = file("kafka.ssl.key.password: direct\n");
    assertThat(
            Configuration.load(
                    direct,
                    Map.of("HALFSECOND_KAFKA_SSL_KEY_PASSWORD_FILE", secret.toString()),
                    Map.of())
                .kafka())
        .containsExactlyEntriesOf(Map.of("ssl.key.password", "from-file"));

    var named = file("kafka.ssl.key.password-file: %s\n".formatted(secret));
    assertThat(
            Configuration.load(named, Map.of(), Map.of("kafka.ssl.key.password", "flag")).kafka())
        .containsExactlyEntriesOf(Map.of("ssl.key.password", "flag"));
  }

  @Test
  void should_refuse_both_forms_of_kafkas_setting_in_one_source() throws IOException {
    var secret = secret("s");
    var both =
        file("kafka:\n  ssl.key.password: direct\n  ssl.key.password-file: %s\n".formatted(secret));

    assertThat(problems(both, Map.of(), Map.of()))
        .containsExactly(
            "FILE:3: kafka.ssl.key.password-file: kafka.ssl.key.password is also set there; keep"
                + " one of them");
  }

  @Test
  void should_check_the_content_of_a_file_and_not_repeat_it() throws IOException {
    var secret = Files.writeString(directory.resolve("secret"), "hush");

    assertThat(
            problems(
                Optional.empty(),
                Map.of(),
                Map.of("kafka.fetch.max.bytes-file", secret.toString())))
        .containsExactly(
            "command line: kafka.fetch.max.bytes-file: the content of the file is not allowed; it"
                + " must be of Kafka's type int");
  }

  @Test
  void should_refuse_a_file_with_a_secret_that_others_may_read() throws IOException {
    var secret = secret("hush");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r-----"));

    assertThat(
            problems(
                Optional.empty(),
                Map.of(),
                Map.of("kafka.sasl.jaas.config-file", secret.toString())))
        .containsExactly(
            "command line: kafka.sasl.jaas.config-file: file cannot be read: %s has mode 0640: other users may use it; a secret must be its owner's alone: chmod 600 %s"
                .formatted(secret, secret));
    // Kafka calls a certificate a password too.
    assertThat(
            Configuration.load(
                    Optional.empty(),
                    Map.of(),
                    Map.of("kafka.ssl.truststore.certificates-file", secret.toString()))
                .kafka())
        .containsKey("ssl.truststore.certificates");
  }

  private Path secret(String content) throws IOException {
    var file = directory.resolve("secret");
    SecretFile.create(file, content.getBytes(UTF_8));
    return file;
  }

  @Test
  void should_say_so_when_the_file_is_no_yaml() throws IOException {
    assertThat(problems(file("host: [a\nx: b: c\n"), Map.of(), Map.of()))
        .singleElement()
        .asString()
        .startsWith("FILE:")
        .contains("not readable as YAML");
    assertThat(problems(file("host: a\ncollector:\n\tkernel: true\n"), Map.of(), Map.of()))
        .singleElement()
        .asString()
        .startsWith("FILE:3: not readable as YAML: found character '\\t(TAB)'");
    assertThat(problems(file("just text"), Map.of(), Map.of()))
        .containsExactly("FILE:1: a mapping of keys to values is expected");
    assertThat(problems(file("host: a\nhost: b\n"), Map.of(), Map.of()))
        .singleElement()
        .asString()
        .contains("FILE:2", "Duplicate");
    assertThat(problems(file("host:\n"), Map.of(), Map.of()))
        .containsExactly("FILE:1: host: no value; remove the key or give it one");
    assertThat(problems(Optional.of(directory.resolve("absent.yaml")), Map.of(), Map.of()))
        .singleElement()
        .asString()
        .contains("absent.yaml: no such file");
  }

  @Test
  void should_take_an_empty_file_as_no_settings() throws IOException {
    var configuration = Configuration.load(file("# all at its default\n"), Map.of(), Map.of());

    assertThat(configuration.get(Catalogue.TOPIC_PREFIX)).isEqualTo("ssh.");
  }

  @Test
  void should_show_every_key_with_its_default_in_the_file_that_is_shipped() throws IOException {
    var shipped = Files.readString(Path.of("src/main/dist/config/halfsecond.yaml"));
    var uncommented =
        shipped
            .replaceAll("(?m)^( *)#(?=\\S)", "$1")
            .lines()
            .filter(
                line ->
                    !line.matches(
                        " *(host|security|sasl|ssl|log-file|cohort|sshd-command|probe-target|pseudonym-key-file|instance|registry|advertised-http|token-file|http-config-file|authentication-(key|secrets)-file|alertmanager(-credentials-file)?|runbooks|dashboards|webhook-[a-z]+-file|ca-file)(?!-interval)\\b.*"))
            .collect(Collectors.joining("\n"));
    var defaults = Configuration.load(Optional.empty(), Map.of(), Map.of());

    var asShipped = Configuration.load(file(shipped), Map.of(), Map.of());
    var configuration = Configuration.load(file(uncommented), Map.of(), Map.of());

    assertThat(Catalogue.all())
        .allSatisfy(
            key -> {
              assertThat((Object) asShipped.get(key)).isEqualTo(defaults.get(key));
              assertThat((Object) configuration.get(key)).isEqualTo(defaults.get(key));
              assertThat(shipped)
                  .contains("#" + key.name().substring(key.name().indexOf('.') + 1) + ": ");
            });
  }

  @ParameterizedTest
  @CsvSource({
    "kafka.bootstrap.servers, a",
    "kafka.bootstrap.servers, 'a:1,'",
    "collector.http, 127.0.0.1:65536",
    "collector.cohort, web servers",
    "collector.cohort, a/b",
    "collector.state-directory, relative/path",
    "detector.max-false-alarms, 0/host-year",
    "detector.max-false-alarms, 1",
    "collector.probe-interval, 14s",
    "collector.probe-target, 22",
    "stream.threads, 0",
    "detector.block, 0s",
    "host, ' '",
    "kafka.security.providers.x, y",
    "kafka.fetch.max.bytes, many"
  })
  void should_refuse_a_bad_value(String key, String value) {
    assertThat(problems(Optional.empty(), Map.of(), Map.of(key, value)))
        .singleElement()
        .asString()
        .contains(key);
  }

  private Optional<Path> file(String yaml) throws IOException {
    return Optional.of(Files.writeString(directory.resolve("halfsecond.yaml"), yaml));
  }

  private List<String> problems(
      Optional<Path> file, Map<String, String> environment, Map<String, String> flags) {
    var thrown =
        catchThrowableOfType(
            ConfigurationException.class, () -> Configuration.load(file, environment, flags));
    return thrown.problems().stream()
        .map(problem -> problem.replace(directory.resolve("halfsecond.yaml").toString(), "FILE"))
        .toList();
  }
}

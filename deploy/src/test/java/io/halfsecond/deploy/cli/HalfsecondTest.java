package io.halfsecond.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.deploy.service.Stop;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class HalfsecondTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  static Stream<List<String>> commands() {
    return paths(
        Halfsecond.commandLine(
            new Surroundings(
                new PrintWriter(new StringWriter()),
                new PrintWriter(new StringWriter()),
                false,
                Map.of(),
                new Stop())),
        List.of());
  }

  private static Stream<List<String>> paths(CommandLine line, List<String> path) {
    return Stream.concat(
        Stream.of(path),
        line.getSubcommands().entrySet().stream()
            .flatMap(
                e ->
                    paths(
                        e.getValue(),
                        Stream.concat(path.stream(), Stream.of(e.getKey())).toList())));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void should_help_with_an_example_on_every_command(List<String> command) {
    int status = run(Stream.concat(command.stream(), Stream.of("--help")).toArray(String[]::new));

    assertThat(status).isZero();
    assertThat(out.toString())
        .startsWith("Usage: halfsecond")
        .containsPattern("Exit status:\n +0 +[^\n]+\n(.*\n)* +2 +wrong usage")
        .containsPattern("Example:\n  (sudo )?halfsecond ");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void should_say_that_the_configuration_is_valid() {
    assertThat(run("config", "--check", "--set", "detector.block=1m")).isZero();
    assertThat(out.toString()).contains("the configuration is valid");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alerts",
        "alerts --open",
        "topics plan",
        "alerts --follow --resume pager",
        "push --set push.alertmanager=http://127.0.0.1:1",
        "fingerprint --diff web-17 web-18"
      })
  void should_name_the_address_and_what_to_do_when_there_is_no_broker(String line) {
    assertThat(run((line + " --bootstrap-servers 127.0.0.1:1").split(" "))).isEqualTo(1);
    assertThat(err.toString())
        .startsWith("halfsecond " + line.replaceAll(" --.*", "") + ": ")
        .contains("no Kafka at 127.0.0.1:1: connection refused; start Kafka, or name another");
  }

  @Test
  void should_ask_the_embedded_broker_at_its_port_when_only_that_is_set() {
    assertThat(run("alerts", "--set", "broker.port=2")).isEqualTo(1);
    assertThat(err.toString()).contains("no Kafka at 127.0.0.1:2: connection refused");
  }

  @Test
  void should_print_its_version() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).startsWith("halfsecond ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "topics",
        "alerts nonsense",
        "alerts 05ab0f3f --since 1h",
        "alerts 05ab0f3f --follow",
        "alerts --since yesterday",
        "alerts 05ab0f3f --tier step",
        "alerts --json --output table",
        "alerts --output yaml",
        "alerts --resume pager",
        "alerts --follow --open --resume pager",
        "alerts --follow --resume a/b",
        "alerts --follow --resume push",
        "alerts --host web/17",
        "topics plan --partitions many",
        "demo --delay-ms -1",
        "alerts --set novalue",
        "alerts --open --since 1h",
        "ack 0123abcd --accept",
        "ack 0123abcd --why x",
        "ack 0123abcd --accept --dismiss --why x",
        "ack --accept --why x",
        "ack 0123a --accept --why x",
        "ack web-17 --rollback --why x",
        "ack 0123abcd --accept --why x --by=",
        "simulate --hosts 0",
        "simulate --hosts many",
        "simulate --rate 0",
        "simulate --cohorts 101",
        "simulate --regime loud",
        "simulate --from 30d",
        "simulate --for 2x",
        "simulate --from 1h --for 2h",
        "simulate --inject fire:at=+10m",
        "simulate --inject gap:at=+1h",
        "simulate --name /",
        "simulate verify",
        "doctor grafana",
        "doctor --prometheus prometheus:9090",
        "doctor --prometheus a\\b",
        "config --check --markdown"
      })
  void should_end_with_2_and_the_usage_when_called_wrongly(String line) {
    int status = run(line.isEmpty() ? new String[0] : line.split(" "));

    assertThat(status).isEqualTo(2);
    assertThat(err.toString())
        .containsPattern("(See halfsecond [a-z ]+ --help|Usage: halfsecond.*\n(.*\n)+)$");
    assertThat(out.toString()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "push.http=127.0.0.1:0, push needs a receiver: set push.alertmanager or push.webhook-url-file",
    "push.alertmanager=alertmanager:9093, push.alertmanager",
    "'push.alertmanager=http://am.example/a,http://AM.example:80/a/',"
        + " push.alertmanager: http://AM.example:80/a/ is there twice",
    "push.webhook-url-file=/none, push.webhook-url-file: /none: no such file",
    "push.ca-file=/dev/null, push.ca-file: /dev/null"
  })
  void should_end_with_2_and_say_what_push_lacks(String setting, String said) {
    assertThat(run("push", "--set", setting)).isEqualTo(2);
    assertThat(err.toString()).contains(said);
  }

  @ParameterizedTest
  @CsvSource({
    "--signal, started, 'startup, preauth, cpu-startup, '",
    "--tier, unknown, 'step, creep, drift'",
    "--state, open, 'opened, updated, resolved, confirmed, transient, acknowledged'",
    "--kind, drift, 'shift, self-test, contradiction'",
    "--output, yaml, 'text, table, json'"
  })
  void should_end_with_2_and_list_what_an_alert_can_have(
      String option, String value, String allowed) {
    assertThat(run("alerts", option, value)).isEqualTo(2);
    assertThat(err.toString()).contains(option, "'%s' is not one of %s".formatted(value, allowed));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1_001})
  void should_end_with_2_and_say_how_long_a_reason_may_be(int length) {
    assertThat(run("ack", "0123abcd", "--dismiss", "--why", "w".repeat(length))).isEqualTo(2);
    assertThat(err.toString()).startsWith("--why must be 1 to 1,000 characters of text, not");
  }

  @Test
  void should_refuse_a_reason_that_a_terminal_would_take_for_a_command() {
    assertThat(run("ack", "0123abcd", "--dismiss", "--why", "all \u001b[2Jwell")).isEqualTo(2);
    assertThat(err.toString()).startsWith("--why must be 1 to 1,000 characters of text");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "topics plan",
        "alerts",
        "ack 0123abcd --accept --why x",
        "doctor",
        "config --check",
        "up",
        "collect",
        "stream",
        "push",
        "simulate",
        "simulate verify expected.json"
      })
  void should_end_with_2_and_name_the_key_when_the_configuration_is_wrong(String line) {
    int status = run((line + " --set detector.blok=1m").split(" "));

    assertThat(status).isEqualTo(2);
    assertThat(err.toString())
        .startsWith(
            "halfsecond: command line: detector.blok: no such key; did you mean"
                + " detector.block?");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "up --set kafka.bootstrap.servers=127.0.0.1:1",
        "up --set kafka.security.protocol=SSL"
      })
  void should_end_with_2_when_up_is_told_of_another_kafka(String line) {
    assertThat(run(line.split(" "))).isEqualTo(2);
    assertThat(err.toString()).startsWith("halfsecond: up starts its own broker");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "topics plan",
        "topics apply",
        "topics plan --partitions 3 --replication-factor 1",
        "alerts",
        "ack 0123abcd --accept --why x"
      })
  void should_end_with_1_and_say_why_when_kafka_is_not_there(String line) {
    // Port 1 of the loopback address: nothing listens there.
    int status =
        run(
            (line
                    + " --bootstrap-servers 127.0.0.1:1 --set kafka.default.api.timeout.ms=300"
                    + " --set kafka.request.timeout.ms=300")
                .split(" "));

    assertThat(status).isEqualTo(1);
    assertThat(err.toString()).matches("(?s)halfsecond (topics (plan|apply)|alerts|ack): .+");
  }

  @ParameterizedTest
  @ValueSource(strings = {"up", "replay -"})
  void should_know_no_brokers_when_a_command_connects_to_none(String line) {
    assertThat(run((line + " -b 127.0.0.1:1").split(" "))).isEqualTo(2);
    assertThat(err.toString()).startsWith("Unknown option").contains("'-b'");
  }

  @Test
  void should_say_what_is_wrong_in_two_lines() {
    assertThat(run("doctor", "--prometheus", "prometheus")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualTo(
            """
            Invalid value for option '--prometheus': 'prometheus' is not a URL such as http://prometheus:9090
            See halfsecond doctor --help
            """);
  }

  private int run(String... arguments) {
    return Halfsecond.execute(
        new Surroundings(
            new PrintWriter(out, true), new PrintWriter(err, true), false, Map.of(), new Stop()),
        arguments);
  }
}

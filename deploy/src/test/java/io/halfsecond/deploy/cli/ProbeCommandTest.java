package io.halfsecond.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.halfsecond.deploy.ops.Daemon;
import io.halfsecond.deploy.service.Stop;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Against a port at which nobody listens; a real sshd is in the tests of the client.
class ProbeCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Stop stop = new Stop();

  @Test
  void should_say_once_that_there_is_no_connection_when_nobody_listens() {
    int status = run("127.0.0.1:" + Daemon.freePort(), "--no-self-test");

    assertThat(status).isEqualTo(1);
    assertThat(out.toString()).contains(": 1 probe\n", "1 not connected: Connection refused");
  }

  @Test
  void should_not_call_a_server_good_when_it_is_stopped_before_it_knows() throws IOException {
    stop.request();

    int status = run("127.0.0.1:" + Daemon.freePort(), "--json");

    assertThat(status).isEqualTo(1);
    var json = new ObjectMapper().readTree(out.toString());
    assertThat(json.path("outcomes").path("UNREACHABLE").asInt()).isEqualTo(1);
    assertThat(json.path("selfTest")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost:0", "localhost:65536", "[::1]:0", "no host"})
  void should_end_with_2_when_the_target_is_none(String target) {
    assertThat(run(target)).isEqualTo(2);
    assertThat(err.toString()).contains("'" + (target.contains(" ") ? "no host" : target) + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1001"})
  void should_end_with_2_when_the_count_is_out_of_range(String count) {
    assertThat(run("localhost", "--count", count)).isEqualTo(2);
    assertThat(err.toString()).contains("--count must be 1 to 1000, not " + count);
  }

  private int run(String... arguments) {
    var around =
        new Surroundings(
            new PrintWriter(out, true), new PrintWriter(err, true), false, false, Map.of(), stop);
    var line = new String[arguments.length + 1];
    line[0] = "probe";
    System.arraycopy(arguments, 0, line, 1, arguments.length);
    return Halfsecond.execute(around, line);
  }
}

package io.halfsecond.collector.tamper;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.collector.event.LogEvent;
import io.halfsecond.collector.event.SshdMessage;
import io.halfsecond.collector.event.SshdMessage.AuthResult;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Times are seconds.
class PhantomLoginsTest {
  private static final long SECOND = 1_000_000_000L;

  private boolean othersListen;
  private final PhantomLogins rule =
      new PhantomLogins(0, () -> othersListen, nanos -> Instant.EPOCH.plusNanos(nanos));

  private void refused(int at, AuthResult result) {
    rule.refused(
        new LogEvent(
            at * SECOND,
            4711,
            new SshdMessage.Authentication(result, "password", "root", false, "10.0.0.1", 1)));
  }

  private List<Finding> judge(int at) {
    return rule.judge(at * SECOND);
  }

  @Test
  void should_find_an_accepted_login_that_no_process_did() {
    refused(100, AuthResult.ACCEPTED);

    assertThat(judge(101)).isEmpty();
    assertThat(judge(106))
        .singleElement()
        .satisfies(
            finding ->
                assertThat(finding.facts().getFirst().getStatements().toString())
                    .contains("process 4711 at 1970-01-01T00:01:40Z")
                    .doesNotContain("root", "10.0.0.1"));
    assertThat(judge(107)).isEmpty();
  }

  @Test
  void should_be_silent_about_what_may_be_a_process_that_was_not_seen() {
    // of a connection that is older than the collector
    refused(30, AuthResult.ACCEPTED);
    assertThat(judge(50)).isEmpty();
    // near a loss of process events
    refused(100, AuthResult.ACCEPTED);
    rule.see(new KernelEvent.Lost(101 * SECOND, 99 * SECOND, 1));
    refused(120, AuthResult.ACCEPTED);
    assertThat(judge(150)).isEmpty();
    // where an sshd is not followed
    othersListen = true;
    refused(200, AuthResult.ACCEPTED);
    assertThat(judge(210)).isEmpty();
    othersListen = false;
    // a refusal proves nothing
    refused(300, AuthResult.FAILED);
    assertThat(judge(310)).isEmpty();
  }
}

package io.halfsecond.collector.tamper;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.event.ExitStatus;
import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.schemas.TamperFact;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LoaderVariablesTest {
  private static final String PRELOAD = "LD_PRELOAD=/tmp/x.so";

  private final LoaderVariables rule = new LoaderVariables();

  private void seen(int listener, String... loader) {
    assertThat(rule.see(new KernelEvent.EnvironmentSeen(0, listener, List.of(loader)))).isTrue();
  }

  private void exited(int pid) {
    var _ = rule.see(new KernelEvent.Exited(0, pid, 1, new ExitStatus.Code(0), Optional.empty()));
  }

  private List<String> told() {
    return rule.judge().stream()
        .peek(finding -> assertThat(finding.complete()).isTrue())
        .flatMap(finding -> finding.facts().stream())
        .map(TamperFact::getObject)
        .toList();
  }

  @Test
  void should_say_first_that_there_is_none_as_an_earlier_run_may_have_told_one() {
    seen(10);

    assertThat(rule.judge())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.facts()).isEmpty();
              assertThat(finding.complete()).isTrue();
            });
    assertThat(rule.judge()).isEmpty();
  }

  @Test
  void should_tell_what_any_listener_has_until_no_listener_has_it() {
    seen(10, PRELOAD);
    seen(20, PRELOAD, "LD_AUDIT=/tmp/y.so");
    seen(30);
    assertThat(told()).containsExactly("LD_AUDIT=/tmp/y.so", PRELOAD);

    exited(20);
    assertThat(told()).containsExactly(PRELOAD);

    seen(10);
    assertThat(told()).isEmpty();
    exited(10);
    exited(30);
    assertThat(rule.judge()).isEmpty();
  }
}

package io.halfsecond.deploy.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.halfsecond.deploy.simulation.Injection.Share;
import io.halfsecond.deploy.simulation.Injection.SlowLibrary;
import io.halfsecond.deploy.simulation.Injection.Stage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class InjectionTextTest {
  static final List<String> KINDS = InjectionText.KINDS;

  @Test
  void should_read_a_staged_rollout() {
    var text = "slow-library:hosts=5%,delay=300ms,at=+2h,stages=1%/10m,10%/30m,100%";

    assertThat(InjectionText.parse(text))
        .isEqualTo(
            new SlowLibrary(
                text,
                new Share(5, true),
                Duration.ofHours(2),
                Duration.ofMillis(300),
                List.of(
                    new Stage(new Share(1, true), Duration.ofMinutes(10)),
                    new Stage(new Share(10, true), Duration.ofMinutes(30)),
                    new Stage(new Share(100, true), Duration.ZERO))));
  }

  @ParameterizedTest
  @FieldSource("KINDS")
  void should_read_every_kind_as_the_help_has_it(String text) {
    assertThat(InjectionText.parse(text))
        .satisfies(
            injection -> {
              assertThat(injection.hosts().of(1_000)).isEqualTo(50);
              assertThat(injection.at()).isEqualTo(Duration.ofHours(2));
            });
  }

  @Test
  void should_have_defaults_for_all_but_the_time() {
    assertThat(InjectionText.parse("clock:at=5m"))
        .isEqualTo(
            new Injection.Clock(
                "clock:at=5m", new Share(5, true), Duration.ofMinutes(5), Duration.ofMinutes(3)));
    assertThat(InjectionText.parse("gap:at=+2m,hosts=12").hosts().of(1_000)).isEqualTo(12);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "fire | 'fire' cannot be injected; there are slow-library, slow-auth, creep, gap, clock and"
            + " scan",
        "gap | gap: at must be like +2h, since the begin, and at least +2m, and is missing",
        "gap:at=+2 | gap: at must be like +2h, since the begin, and at least +2m, not '+2'",
        "gap:at=+119s | gap: at must be like +2h, since the begin, and at least +2m, not '+119s'",
        "gap:at=+2h,hosts=0 | gap: hosts must be like 5% or 12, not '0'",
        "gap:at=+2h,hosts=101% | gap: hosts must be like 5% or 12, not '101%'",
        "gap:at=+2h,for=soon | gap: for must be like 300ms, 10m or 6h, not 'soon'",
        "gap:at=+2h,at=+3h | gap: 'at=+3h' is not NAME=VALUE, or is there twice",
        "gap:nonsense | gap: 'nonsense' is not NAME=VALUE, or is there twice",
        "gap:at=+2h,delay=1s | gap has no delay; it is like gap:hosts=5%,at=+2h,for=10m",
        "clock:at=+2h,by=+24h | clock: by must be like +3m or -3m, less than 1d, not '+24h'",
        "clock:at=+2h,by=3m | clock: by must be like +3m or -3m, less than 1d, not '3m'",
        "scan:at=+2h,times=1 | scan: times must be like 20, from 2 to 1000, not '1'"
      })
  void should_name_what_is_wrong(String text, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> InjectionText.parse(text))
        .withMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "10%",
        "10%,100%",
        "10%/5m",
        "50%/5m,10%/5m,100%",
        "10/5m,100%",
        "100%/5m",
        "10%/x,100%"
      })
  void should_refuse_stages_that_are_no_rollout(String stages) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> InjectionText.parse("slow-library:at=+1h,stages=" + stages))
        .withMessageEndingWith("not '%s'", stages);
  }
}

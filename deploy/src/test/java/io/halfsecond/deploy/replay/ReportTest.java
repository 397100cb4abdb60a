package io.halfsecond.deploy.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.halfsecond.collector.source.SourceMeter;
import io.halfsecond.collector.source.log.UnknownMessages;
import io.halfsecond.streams.detector.DetectorSettings;
import io.halfsecond.streams.replay.Replay;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReportTest {
  private final UnknownMessages unknown = new UnknownMessages();

  @Test
  void should_show_the_ten_most_frequent_templates_that_were_not_understood() throws IOException {
    // given: twelve of them, each once more often than the one before
    var words =
        List.of(
            "any", "address", "after", "all", "and", "as", "at", "be", "by", "can", "do", "due");
    for (int i = 0; i < words.size(); i++) {
      for (int times = 0; times <= i; times++) {
        unknown.add("error: alice-%d %s 192.0.2.%d".formatted(times, words.get(i), times));
      }
    }

    // when
    var text = report().text();
    var json =
        new ObjectMapper().readTree(report().json()).path("replay").path("linesNotUnderstood");

    // then
    int at =
        text.indexOf(
            "Not understood: 78 lines of sshd. * stands for what can be a name or an address, 0 for"
                + " numbers:");
    assertThat(at).isPositive();
    assertThat(text.subList(at + 1, at + 4))
        .containsExactly(
            "        12  error: * due *",
            "        11  error: * do *",
            "        10  error: * can *");
    assertThat(text.get(at + 11)).isEqualTo("  and 2 more");
    assertThat(json.path("count").asInt()).isEqualTo(78);
    assertThat(json.path("moreTemplates").asInt()).isEqualTo(2);
    assertThat(json.path("templates")).hasSize(10);
    assertThat(json.path("templates").get(0).path("count").asInt()).isEqualTo(12);
    assertThat(json.path("templates").get(0).path("sample").asText()).isEqualTo("error: * due *");
  }

  @Test
  void should_say_nothing_of_it_when_all_was_understood() throws IOException {
    // when
    var report = report();

    // then
    assertThat(report.text()).noneMatch(line -> line.contains("ot understood"));
    assertThat(
            new ObjectMapper()
                .readTree(report.json())
                .at("/replay/linesNotUnderstood/count")
                .asInt())
        .isZero();
  }

  private Report report() {
    return new Report(
        new Report.Logs(new SourceMeter(), 0, 0, false, Map.of(), unknown, Durations.Missing.NONE),
        0,
        0,
        Optional.empty(),
        Set.of(),
        new Replay(DetectorSettings.defaults(), Instant.EPOCH, _ -> {}).finish());
  }
}

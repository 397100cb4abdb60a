package io.halfsecond.streams.engine;

import static io.halfsecond.streams.Given.liblzma;
import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What an alert blames after every order of seven events, each of which happens once:
///
/// | event | |
/// |---|---|
/// | `C` | a library changes, which has no effect yet |
/// | `R` | sshd is restarted |
/// | `L` | connections wait for a CPU, until the end of the next event's logins; it slows nothing |
/// | `S` | startup takes 300 ms longer |
/// | `D` | another library changes, and startup takes 200 ms longer |
/// | `A` | a person accepts the alert on startup, if one is open |
/// | `B` | a person rolls the acceptance back, if there was one |
///
/// Logins follow all but `C` and `R`. So `C` and `R` are suspects of a shift that comes next, and
/// of no other, and `D` of its own.
class OrderOfEventsTest {
  /// F is the first of the two shifts, G the second. If both are accepted, the baseline is a
  /// mixture of them. If it is mostly F, what goes on like G stands out from it: when that began
  /// between F and A is not known.
  private static final String TABLE =
      """
      order of F, G, A, B | alert since | suspects of |
      ABFG AFBG AFGB BAFG | F           | F           | nothing was open when A came
      BFGA FBGA FGBA      | - or A      | all since F | both were accepted, see below
      BFAG FBAG           | G           | G           | F was accepted
      FABG FGAB           | F           | F           | what was accepted was rolled back
      FAGB                | F           | FG          | and the alert on G ended with it
      """;

  private static final int LEARNED = 300;
  private static final int LOGINS = 27;
  private static final String EVENTS = "CRLSDAB";

  private record Row(String since, String suspects) {}

  private static final Map<String, Row> ROWS =
      TABLE
          .lines()
          .skip(1)
          .map(line -> line.split("\\|"))
          .flatMap(
              cells ->
                  Arrays.stream(cells[0].strip().split(" "))
                      .map(order -> Map.entry(order, new Row(cells[1].strip(), cells[2].strip()))))
          .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));

  private final List<String> wrong = new ArrayList<>();
  private int orders;

  /// A host after some of the events.
  ///
  /// @param times when they happened
  private record Past(
      String order, OneHost host, Map<Character, Instant> times, Optional<Alert> accepted) {

    /// @param next the host, or a copy of it
    Past then(char event, OneHost next) {
      var at = new HashMap<>(times);
      at.put(event, next.now());
      var decided = accepted;
      switch (event) {
        case 'C' -> next.replace(liblzma("5.6.1", 5));
        case 'R' -> next.restart();
        case 'L' -> next.load(true).logins(LOGINS);
        case 'S' -> next.slower(300).logins(LOGINS).load(false);
        case 'D' -> next.replace(OneHost.libcrypto(7)).slower(200).logins(LOGINS).load(false);
        case 'A' -> {
          decided = next.open(OneHost.STARTUP);
          decided.ifPresent(alert -> next.decide(alert, Decision.ACCEPT));
          next.logins(LOGINS).load(false);
        }
        case 'B' -> {
          accepted.ifPresent(alert -> next.decide(alert, Decision.ROLL_BACK));
          next.logins(LOGINS).load(false);
        }
        default -> throw new IllegalArgumentException("event " + event);
      }
      return new Past(order + event, next, at, decided);
    }
  }

  @Test
  void should_blame_what_the_table_says_after_every_order_of_events() {
    goOn(new Past("", new OneHost().logins(LEARNED), Map.of(), Optional.empty()));

    assertThat(wrong).isEmpty();
    assertThat(orders).isEqualTo(7 * 6 * 5 * 4 * 3 * 2);
  }

  private void goOn(Past past) {
    if (past.order().length() == EVENTS.length()) {
      orders++;
      try {
        check(past);
      } catch (AssertionError e) {
        wrong.add(e.getMessage());
      }
    }
    var left = EVENTS.chars().filter(event -> past.order().indexOf(event) < 0).toArray();
    for (int i = 0; i < left.length; i++) {
      // The last one may go on with the host itself, which saves much of the time.
      var host = i < left.length - 1 ? past.host().copy() : past.host();
      goOn(past.then((char) left[i], host));
    }
  }

  private static void check(Past past) {
    var order = past.order();
    char first = order.indexOf('S') < order.indexOf('D') ? 'S' : 'D';
    char second = first == 'S' ? 'D' : 'S';
    var row =
        Objects.requireNonNull(
            ROWS.get(order.replaceAll("[CRL]", "").replace(first, 'F').replace(second, 'G')),
            order);
    var open = past.host().open(OneHost.STARTUP);
    if (!row.since().startsWith("-")) {
      assertThat(open).as(order).isPresent();
    }
    past.host().records().forEach(record -> checkSentence(order, record));
    if (open.isEmpty()) {
      return;
    }
    var alert = open.get();
    char since =
        switch (row.since()) {
          case "F" -> first;
          case "G" -> second;
          default -> 'A';
        };
    assertThat(Duration.between(past.times().get(since), alert.getOnset()))
        .as("%s: onset of %s", order, alert.getSummary())
        .isBetween(Duration.ofSeconds(-5), Duration.ofSeconds(65));
    var suspects =
        switch (row.suspects()) {
          case "F" -> suspects(order, first);
          case "G" -> suspects(order, second);
          case "FG" -> suspects(order, first) + suspects(order, second);
          default ->
              order.substring(order.indexOf(first) + 1, order.indexOf('A')).replaceAll("[LSB]", "");
        };
    // Only while nothing but load has been seen since the onset.
    if (order.matches(".*L[CR]*" + since + "[CR]*")) {
      suspects += "L";
    }
    assertThat(letters(alert, Change::getFits))
        .as("%s: suspects of %s", order, alert.getSummary())
        .isEqualTo(sorted(suspects));
    assertThat(letters(alert, change -> !change.getFits()))
        .as("%s: earlier on in %s", order, alert.getSummary())
        .hasSizeLessThanOrEqualTo(1)
        // Connections were not as before after it.
        .doesNotContainPattern(
            "[%s]".formatted(suspects(order, first) + suspects(order, second) + "-"));
  }

  /// The changes after which no login came before this shift.
  private static String suspects(String order, char shift) {
    var before = order.substring(0, order.indexOf(shift));
    return before.replaceAll(".*[^CR]", "") + (shift == 'D' ? "D" : "");
  }

  private static String letters(Alert alert, Predicate<Change> which) {
    return sorted(
        alert.getChanges().stream()
            .filter(which)
            .map(OrderOfEventsTest::letter)
            .collect(Collectors.joining()));
  }

  private static String letter(Change change) {
    return switch (change.getKind()) {
      case OBJECT -> change.getSubject().contains("liblzma") ? "C" : "D";
      case RESTART -> "R";
      case LOAD -> "L";
      default -> "?";
    };
  }

  private static String sorted(String letters) {
    return letters
        .chars()
        .sorted()
        .mapToObj(letter -> String.valueOf((char) letter))
        .collect(Collectors.joining());
  }

  private static void checkSentence(String order, Alert alert) {
    var sentence = alert.getSummary();
    assertThat(sentence.contains("more load") && sentence.contains("not for load"))
        .as("%s: %s", order, sentence)
        .isFalse();
    assertThat(sentence.contains("No change found") && sentence.contains("Began"))
        .as("%s: %s", order, sentence)
        .isFalse();
    if (sentence.contains("Waiting for a CPU")) {
      assertThat(sentence.contains("may be the reason"))
          .as("%s: %s", order, sentence)
          .isEqualTo(alert.getChanges().stream().anyMatch(change -> letter(change).equals("L")));
    }
  }
}

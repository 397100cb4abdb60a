package io.halfsecond.deploy.push;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What goes to Alertmanager, round by round, as Prometheus does it: all that is open, each time,
/// with an end in case that nothing follows; and what has ended, for a while. So a round that was
/// missed is made good by the next one, and nothing has to be kept.
///
/// Not safe for use by several threads.
public final class Rounds {
  /// As long as Prometheus repeats it, in case that Alertmanager is away.
  static final Duration ENDED_FOR = Duration.ofMinutes(15);

  /// Of Prometheus too: three rounds may fail.
  private static final int ROUNDS = 4;

  private record Ended(Page page, Instant at) {}

  private final Duration interval;
  private final Map<Map<String, String>, Page> open = new HashMap<>();
  private final Map<Map<String, String>, Ended> ended = new HashMap<>();

  /// @param interval between rounds
  public Rounds(Duration interval) {
    this.interval = interval;
  }

  /// The next round, as the body of `POST /api/v2/alerts`.
  ///
  /// @param pages all that are open
  public ArrayNode next(Instant now, List<Page> pages) {
    open.forEach((labels, page) -> ended.put(labels, new Ended(page, now)));
    open.clear();
    pages.forEach(page -> open.put(page.labels(), page));
    ended.keySet().removeAll(open.keySet());
    ended.values().removeIf(each -> now.isAfter(each.at().plus(ENDED_FOR)));

    var round = JsonNodeFactory.instance.arrayNode();
    var end = now.plus(interval.multipliedBy(ROUNDS));
    open.values().forEach(page -> add(round, page, end));
    ended.values().forEach(each -> add(round, each.page(), each.at()));
    return round;
  }

  private static void add(ArrayNode round, Page page, Instant endsAt) {
    var alert = round.addObject();
    page.labels().forEach(alert.putObject("labels")::put);
    page.annotations().forEach(alert.putObject("annotations")::put);
    alert.put("startsAt", page.startsAt().toString());
    alert.put("endsAt", endsAt.toString());
  }
}

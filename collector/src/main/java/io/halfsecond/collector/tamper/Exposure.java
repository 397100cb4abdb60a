package io.halfsecond.collector.tamper;

import io.halfsecond.collector.assembly.Result.AuthenticationDecided;
import io.halfsecond.collector.assembly.Result.ConnectionKey;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.SourceNetwork;
import io.halfsecond.schemas.Statement;
import io.halfsecond.schemas.Tier;
import io.halfsecond.schemas.UserClass;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongFunction;

/// Finds logins from outside the networks that clients are expected to come from. An attempt that
/// is refused is none: its records have the class of its network, and are counted.
///
/// Silent by design: see docs/measure.md.
///
/// Confined to one thread.
public final class Exposure {
  public static final String RULE = "exposure";

  private static final String ABOUT = "a login from outside the expected networks";
  private static final String UNNAMED = "a source that has no pseudonym";

  private final Function<String, SourceNetwork> networks;
  private final Function<String, Optional<String>> pseudonyms;
  private final Function<ConnectionKey, String> ids;
  private final LongFunction<Instant> wall;
  private final ToldRecently told = new ToldRecently();

  /// @param networks the class of an address
  /// @param pseudonyms the pseudonym of an address, if there are pseudonyms
  /// @param ids the id that a connection's records have
  /// @param wall the wall time of a time on `CLOCK_MONOTONIC`
  public Exposure(
      Function<String, SourceNetwork> networks,
      Function<String, Optional<String>> pseudonyms,
      Function<ConnectionKey, String> ids,
      LongFunction<Instant> wall) {
    this.networks = networks;
    this.pseudonyms = pseudonyms;
    this.ids = ids;
    this.wall = wall;
  }

  /// Takes each connection when its authentication is decided.
  ///
  /// @return what is to be told now
  public Optional<Finding> take(AuthenticationDecided decided) {
    var login = decided.login();
    if (login.outcome() != Outcome.ACCEPTED
        || login.address().map(networks).filter(SourceNetwork.OUTSIDE::equals).isEmpty()) {
      return Optional.empty();
    }
    var source = login.address().flatMap(pseudonyms).map("source "::concat).orElse(UNNAMED);
    if (!told.isDue(source, decided.decidedAtNanos())) {
      return Optional.empty();
    }
    return Optional.of(
        new Finding(
            RULE,
            ABOUT,
            Tier.CREEP,
            List.of(
                Finding.fact(
                    source.equals(UNNAMED) ? "" : source,
                    new Statement(
                        "log",
                        "%s was let in by %s at %s (connection %s)"
                            .formatted(
                                login.userClass() == UserClass.ROOT ? "root" : "somebody",
                                login.method().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                                wall.apply(decided.decidedAtNanos()),
                                ids.apply(decided.key()))),
                    new Statement(
                        "configuration",
                        "the client, %s, is in none of collector.expected-networks"
                            .formatted(source)))),
            false));
  }
}

package io.halfsecond.collector.tamper;

import io.halfsecond.schemas.Statement;
import io.halfsecond.schemas.TamperFact;
import io.halfsecond.schemas.Tier;
import java.util.List;

/// What a rule has found, as it is told.
///
/// @param about what the rule finds, for a person
/// @param facts no user name, address or key is in them
/// @param complete whether the facts are all that hold now
public record Finding(
    String rule, String about, Tier tier, List<TamperFact> facts, boolean complete) {
  public Finding {
    facts = List.copyOf(facts);
  }

  /// @param object what it was found in; empty for an event
  static TamperFact fact(String object, Statement... statements) {
    return new TamperFact(object, List.of(statements));
  }
}

package io.halfsecond.collector.tamper;

import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.schemas.Statement;
import io.halfsecond.schemas.TamperFact;
import io.halfsecond.schemas.Tier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds variables of the dynamic loader (ld.so(8)) in the environment that sshd was started with:
/// they have it load other libraries than the installed ones.
///
/// Silent by design: see docs/measure.md.
///
/// Safe for use by several threads.
public final class LoaderVariables {
  public static final String RULE = "loader-variable";

  private static final String ABOUT = "sshd was started with a variable of the dynamic loader";

  /// By listener; those without any, too.
  private final Map<Integer, List<String>> variables = new HashMap<>();

  private boolean changed;

  /// Takes each event of the kernel.
  ///
  /// @return whether there is something to judge
  public synchronized boolean see(KernelEvent event) {
    switch (event) {
      case KernelEvent.EnvironmentSeen(var _, int listener, var loader) -> {
        variables.put(listener, loader);
        // Also if there are none: of an earlier run of the collector, an alert may be open.
        changed = true;
      }
      case KernelEvent.Exited(var _, int pid, var _, var _, var _) -> {
        var gone = variables.remove(pid);
        changed |= gone != null && !gone.isEmpty();
      }
      case KernelEvent _ -> {}
    }
    return changed;
  }

  /// To be called when there is something to judge.
  ///
  /// @return what is to be told now
  public synchronized List<Finding> judge() {
    if (!changed) {
      return List.of();
    }
    changed = false;
    var facts =
        variables.values().stream()
            .flatMap(List::stream)
            .distinct()
            .sorted()
            .map(LoaderVariables::fact)
            .toList();
    return List.of(new Finding(RULE, ABOUT, Tier.STEP, facts, true));
  }

  private static TamperFact fact(String variable) {
    return Finding.fact(
        variable,
        new Statement("environment", "the listener was started with " + variable),
        new Statement(
            "loader", "it loads libraries for sshd by this, before or instead of those installed"));
  }
}

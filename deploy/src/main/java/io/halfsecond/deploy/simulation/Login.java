package io.halfsecond.deploy.simulation;

import io.halfsecond.schemas.Method;
import io.halfsecond.schemas.Outcome;
import io.halfsecond.schemas.UserClass;

/// What would be measured of a connection. All times are nanoseconds.
///
/// @param source pseudonym of the client's address; empty if it is not known
/// @param user pseudonym; empty if it is not known
/// @param startupCpu CPU time of the startup phase; its wall time has the two waits in addition
/// @param faults minor page faults in the startup phase
/// @param preauth wall time; 0 if there was no key exchange
/// @param session wall time; 0 if there was no session
record Login(
    String id,
    Outcome outcome,
    Method method,
    UserClass userClass,
    String user,
    String source,
    long startupCpu,
    long startupWait,
    long startupRunQueue,
    long clientWait,
    long faults,
    long preauth,
    long preauthCpu,
    long preauthRunQueue,
    long session,
    long sessionCpu,
    long sessionRunQueue) {
  long startup() {
    return startupCpu + startupWait + startupRunQueue + clientWait;
  }

  /// From the fork of the monitor until authentication is decided.
  long undecided() {
    return startup() + preauth;
  }
}

/// Alerts for the command line: lists, JSON, and decisions.
@NullMarked
package io.halfsecond.deploy.alerts;

import org.jspecify.annotations.NullMarked;

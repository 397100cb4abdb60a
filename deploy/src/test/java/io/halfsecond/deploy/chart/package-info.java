/// The Helm chart: rendered by Helm, and held against the published schemas and the program's own
/// tables.
@NullMarked
package io.halfsecond.deploy.chart;

import org.jspecify.annotations.NullMarked;

@NullMarked
package io.halfsecond.grafana;

import org.jspecify.annotations.NullMarked;

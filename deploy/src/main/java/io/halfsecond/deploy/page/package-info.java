/// The page for people at `/`, where there is no Grafana.
@NullMarked
package io.halfsecond.deploy.page;

import org.jspecify.annotations.NullMarked;

/** Many runs of one machine: judged, grouped by how they fail, and shrunk to the choices that matter. */
@NullMarked
package dev.trapline.explore;

import org.jspecify.annotations.NullMarked;

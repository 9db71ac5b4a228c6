/** Recordings read by Akka's own means: Persistence Query. */
@NullMarked
package dev.trapline.journal.query;

import org.jspecify.annotations.NullMarked;

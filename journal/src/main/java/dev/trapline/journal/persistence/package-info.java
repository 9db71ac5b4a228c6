/// The journal's writing side on Akka Persistence: the events, their serializer, the writer, and a journal plugin over
/// the MVStore. Nothing but the configuration key `trapline.journal.plugin` ties the writer to that plugin.
@NullMarked
package dev.trapline.journal.persistence;

import org.jspecify.annotations.NullMarked;

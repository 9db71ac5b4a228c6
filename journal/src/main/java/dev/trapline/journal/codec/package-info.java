/// The journal's format: records, segments and the header as bytes. Described for other readers in
/// `docs/journal-format.md`.
@NullMarked
package dev.trapline.journal.codec;

import org.jspecify.annotations.NullMarked;

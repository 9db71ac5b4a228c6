/** Files beside which a stranger may have put something: how they are opened, locked, replaced and looked at. */
@NullMarked
package dev.trapline.journal.file;

import org.jspecify.annotations.NullMarked;

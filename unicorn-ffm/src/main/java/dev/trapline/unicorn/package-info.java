/** Unicorn behind the engine port, through the Foreign Function and Memory API. Nothing outside knows its constants. */
@NullMarked
package dev.trapline.unicorn;

import org.jspecify.annotations.NullMarked;

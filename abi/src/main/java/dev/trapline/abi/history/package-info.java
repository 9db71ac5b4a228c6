/** What happens in a machine, as records, and the port to where they are kept. */
@NullMarked
package dev.trapline.abi.history;

import org.jspecify.annotations.NullMarked;

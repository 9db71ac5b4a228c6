/** Values that every module shares: identities, positions, digests. They know nothing of actors or engines. */
@NullMarked
package dev.trapline.abi;

import org.jspecify.annotations.NullMarked;

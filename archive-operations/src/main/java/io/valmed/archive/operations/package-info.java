/**
 * Work that ends, for people: each package is one verb of the command, without its flags. It sees
 * both databases and the topics, and no service.
 */
@NullMarked
package io.valmed.archive.operations;

import org.jspecify.annotations.NullMarked;

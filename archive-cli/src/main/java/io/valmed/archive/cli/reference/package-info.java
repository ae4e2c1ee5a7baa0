/**
 * What an installation tells shells and {@code man} of the command: {@link
 * io.valmed.archive.cli.reference.ReferencePages} is run by the build and writes them from the
 * verbs themselves, so that they cannot differ from {@code --help}.
 */
@NullMarked
package io.valmed.archive.cli.reference;

import org.jspecify.annotations.NullMarked;

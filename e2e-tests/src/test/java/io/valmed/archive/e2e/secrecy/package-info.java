/**
 * Who is let in, over what, and what is told of it: connections that prove themselves, and no word
 * of a patient or a password anywhere it does not belong.
 */
@org.jspecify.annotations.NullMarked
package io.valmed.archive.e2e.secrecy;

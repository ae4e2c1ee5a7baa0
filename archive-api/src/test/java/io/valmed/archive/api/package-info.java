@org.jspecify.annotations.NullMarked
package io.valmed.archive.api;

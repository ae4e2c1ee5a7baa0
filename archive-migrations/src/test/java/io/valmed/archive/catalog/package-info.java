/** What the tests of migrations and provisioning share: servers, and a database as text. */
@NullMarked
package io.valmed.archive.catalog;

import org.jspecify.annotations.NullMarked;

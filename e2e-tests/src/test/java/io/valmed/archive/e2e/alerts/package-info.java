/**
 * What tells people of trouble: the rules of Prometheus with their tests, the runbooks, the
 * dashboards. Each names only what is exported, each command and statement in a runbook is one that
 * there is, and the rules fire when they must and not when they must not.
 */
@org.jspecify.annotations.NullMarked
package io.valmed.archive.e2e.alerts;

/* What `bench cache` runs in processes of their own, so that nothing but the work itself is in
 * their CPU time and memory. Each prints one line of JSON. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Names the file of the authority that signed the server's certificate, where it has one. */
#define RIVALS_CA_VARIABLE "BIJOU_BENCH_CA"

/* libcurl alone writes @url, of @size bytes, to a file in @folder: {"ms", "cpu_ms"}. */
int rivals_run_curl (const char *url, gint64 size, const char *folder);
/* The same film, read through the cache in @folder to its end; "requests" is what it took,
 * "growth_mib" by how much the process grew. */
int rivals_run_cache (const char *url, gint64 size, const char *folder);
/* The first byte of @url: {"curl_ms", "cache_ms"}, the middle one of several, and "open_ms" before.
 */
int rivals_run_first_byte (const char *url, gint64 size, const char *folder);
/* Seeks to where nothing is of @url, in turns with libcurl alone at the same places: {"curl_ms",
 * "new_ms"}, both with a connection to be made, and "kept_ms", "kept_worst_ms" with one there. */
int rivals_run_seeks (const char *url, gint64 size, const char *folder);
/* The film of rivals_run_cache(): 50 random seeks, and some reading after each:
 * {"middle_ms", "worst_ms", "requests", "received_mib", "present_mib"}. */
int rivals_run_storm (const char *url, gint64 size, const char *folder);
/* Plays @url at a steady rate: {"requests", "pauses"}, how often the read-ahead was full. */
int rivals_run_ahead (const char *url, gint64 size, const char *folder);

G_END_DECLS

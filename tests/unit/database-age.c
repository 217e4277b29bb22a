#include "config.h"

#include "database-age.h"

#include <sqlite3.h>

void
database_age (const char *path, gint64 seconds)
{
  g_autofree char *sql =
      g_strdup_printf ("BEGIN IMMEDIATE;"
                       "UPDATE stamp SET generation = generation - %1$" G_GINT64_FORMAT "000000;"
                       "UPDATE doubt SET since = since - %1$" G_GINT64_FORMAT "000000;"
                       "UPDATE sync_run SET generation = generation - %1$" G_GINT64_FORMAT "000000;"
                       "UPDATE library SET unlisted_since = unlisted_since - %1$" G_GINT64_FORMAT
                       "  WHERE unlisted_since > 0;"
                       "COMMIT",
                       seconds);
  sqlite3 *database;

  g_assert_cmpint (sqlite3_open_v2 (path, &database, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  sqlite3_busy_timeout (database, 10000);
  g_assert_cmpint (sqlite3_exec (database, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (database);
}

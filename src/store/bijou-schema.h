#pragma once

#include "bijou-database.h"

G_BEGIN_DECLS

gboolean bijou_schema_migrate (BijouDatabase *database, GError **error);

G_END_DECLS

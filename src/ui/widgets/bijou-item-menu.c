#include "config.h"

#include "bijou-item-menu.h"

#include <glib/gi18n.h>

static void
append (GMenu *menu, const char *label, const char *action, GVariant *target)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target_value (item, action, target);
  g_menu_append_item (menu, item);
}

static void
append_play (GMenu *menu, BijouItem *item, const char *key)
{
  gboolean begun = bijou_item_is_in_progress (item);

  if (item->kind == BIJOU_ITEM_COLLECTION || item->kind == BIJOU_ITEM_PLAYLIST)
    return;
  append (menu, begun ? _ ("Resume") : _ ("Play"), "win.play-item", g_variant_new_string (key));
  if (begun)
    append (menu, _ ("Play from Start"), "win.play-item-from",
            g_variant_new ("(sx)", key, (gint64) 0));
}

static void
append_go (GMenu *menu, BijouItem *item)
{
  g_autofree char *key = NULL;

  if (item->show_id == NULL || item->kind == BIJOU_ITEM_SHOW)
    return;
  key = g_strdup_printf ("%s:%s", item->server_id, item->show_id);
  append (menu, _ ("Go to Series"), "win.open-item", g_variant_new_string (key));
}

/**
 * bijou_item_menu_new:
 * @item: an item
 *
 * Returns: (transfer full): what can be done with it
 */
GMenuModel *
bijou_item_menu_new (BijouItem *item)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) first = g_menu_new ();
  g_autoptr (GMenu) second = g_menu_new ();
  g_autofree char *key = bijou_item_dup_key (item);

  append_play (first, item, key);
  append_go (first, item);
  if (item->kind != BIJOU_ITEM_COLLECTION && item->kind != BIJOU_ITEM_PLAYLIST)
    append (second, item->watched ? _ ("Mark as Unwatched") : _ ("Mark as Watched"),
            "win.set-watched", g_variant_new ("(sb)", key, !item->watched));
  append (second, item->favourite ? _ ("Remove from Favourites") : _ ("Add to Favourites"),
          "win.set-favourite", g_variant_new ("(sb)", key, !item->favourite));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (first));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (second));
  return G_MENU_MODEL (g_steal_pointer (&menu));
}

/**
 * bijou_widget_has_action:
 * @widget: any widget in a window
 * @name: of an action, without "win."
 *
 * Returns: whether the window can do it
 */
gboolean
bijou_widget_has_action (GtkWidget *widget, const char *name)
{
  GtkRoot *root = gtk_widget_get_root (widget);

  return root != NULL && G_IS_ACTION_GROUP (root) &&
         g_action_group_has_action (G_ACTION_GROUP (root), name);
}

/**
 * bijou_item_activate_action:
 * @widget: any widget in the window
 * @item: an item
 * @action: a window action that takes an item
 */
void
bijou_item_activate_action (GtkWidget *widget, BijouItem *item, const char *action)
{
  g_autofree char *key = bijou_item_dup_key (item);

  gtk_widget_activate_action (widget, action, "s", key);
}

/**
 * bijou_item_toggle_watched:
 * @widget: any widget in the window
 * @item: an item
 */
void
bijou_item_toggle_watched (GtkWidget *widget, BijouItem *item)
{
  g_autofree char *key = bijou_item_dup_key (item);

  gtk_widget_activate_action (widget, "win.set-watched", "(sb)", key, !item->watched);
}

/**
 * bijou_item_toggle_favourite:
 * @widget: any widget in the window
 * @item: an item
 */
void
bijou_item_toggle_favourite (GtkWidget *widget, BijouItem *item)
{
  g_autofree char *key = bijou_item_dup_key (item);

  gtk_widget_activate_action (widget, "win.set-favourite", "(sb)", key, !item->favourite);
}

#include "config.h"

#include "bijou-detail-rows.h"

#include "bijou-card.h"
#include "bijou-text.h"

#include <glib/gi18n.h>

#define MAX_CARDS 40

static int
get_card_width (BijouCard *card, BijouWidthClass width_class)
{
  gboolean narrow = width_class == BIJOU_WIDTH_NARROW;

  switch (bijou_card_get_shape (card))
    {
    case BIJOU_CARD_PERSON:
      return narrow ? 84 : 100;
    case BIJOU_CARD_STILL:
      return narrow ? 168 : 200;
    case BIJOU_CARD_POSTER:
    default:
      return bijou_width_class_get_poster_width (width_class);
    }
}

static void
finish_row (BijouCardRow *row, GPtrArray *cards)
{
  bijou_card_row_set_cards (row, cards);
  gtk_widget_set_visible (GTK_WIDGET (row), cards->len > 0);
}

static void
on_person_cb (BijouCard *card, gpointer user_data)
{
  GVariant *person = g_object_get_data (G_OBJECT (card), "bijou-person");

  gtk_widget_activate_action_variant (GTK_WIDGET (card), "win.open-person", person);
}

static const char *
describe_job (BijouPerson *person)
{
  if (person->role != NULL && *person->role != '\0')
    return person->role;
  if (g_strcmp0 (person->kind, "director") == 0)
    return _ ("Director");
  if (g_strcmp0 (person->kind, "writer") == 0)
    return _ ("Writer");
  if (g_strcmp0 (person->kind, "producer") == 0)
    return _ ("Producer");
  return NULL;
}

static GVariant *
make_target (BijouDetail *detail, BijouPerson *person)
{
  return g_variant_ref_sink (g_variant_new ("(sss)", detail->item->server_id,
                                            person->id != NULL ? person->id : "", person->name));
}

/**
 * bijou_detail_rows_fill_people:
 * @row: a row
 * @context: where pictures come from
 * @detail: whose people
 */
void
bijou_detail_rows_fill_people (BijouCardRow *row, BijouContext *context, BijouDetail *detail)
{
  g_autoptr (GPtrArray) cards = g_ptr_array_new ();

  for (guint i = 0; i < detail->people->len && i < MAX_CARDS; i++)
    {
      BijouPerson *person = detail->people->pdata[i];
      GtkWidget *card = bijou_card_new (context, BIJOU_CARD_PERSON, BIJOU_CARD_BROWSE);

      bijou_card_set_texts (BIJOU_CARD (card), person->name, describe_job (person));
      bijou_card_set_picture (BIJOU_CARD (card), detail->item->server_id, person->image,
                              "avatar-default-symbolic");
      g_object_set_data_full (G_OBJECT (card), "bijou-person", make_target (detail, person),
                              (GDestroyNotify) g_variant_unref);
      g_signal_connect (card, "activated", G_CALLBACK (on_person_cb), NULL);
      g_ptr_array_add (cards, card);
    }
  finish_row (row, cards);
}

static void
on_chapter_cb (BijouCard *card, gpointer user_data)
{
  const char *key = g_object_get_data (G_OBJECT (card), "bijou-key");
  gint64 *start = g_object_get_data (G_OBJECT (card), "bijou-start");

  gtk_widget_activate_action (GTK_WIDGET (card), "win.play-item-from", "(sx)", key, *start);
}

static GtkWidget *
make_chapter (BijouContext *context, BijouDetail *detail, BijouChapter *chapter, guint number)
{
  GtkWidget *card = bijou_card_new (context, BIJOU_CARD_STILL, BIJOU_CARD_BROWSE);
  g_autofree char *time = bijou_text_format_position (chapter->start_ms);
  g_autofree char *title = NULL;
  gint64 *start = g_new (gint64, 1);

  *start = chapter->start_ms;
  if (chapter->title != NULL && *chapter->title != '\0')
    title = g_strdup (chapter->title);
  else
    /* Translators: a chapter without a name */
    title = g_strdup_printf (_ ("Chapter %u"), number);
  bijou_card_set_texts (BIJOU_CARD (card), title, time);
  bijou_card_set_picture (BIJOU_CARD (card), detail->item->server_id, chapter->image,
                          "bijou-film-symbolic");
  g_object_set_data_full (G_OBJECT (card), "bijou-key", bijou_item_dup_key (detail->item), g_free);
  g_object_set_data_full (G_OBJECT (card), "bijou-start", start, g_free);
  g_signal_connect (card, "activated", G_CALLBACK (on_chapter_cb), NULL);
  return card;
}

/**
 * bijou_detail_rows_fill_chapters:
 * @row: a row
 * @context: where pictures come from
 * @detail: whose chapters
 */
void
bijou_detail_rows_fill_chapters (BijouCardRow *row, BijouContext *context, BijouDetail *detail)
{
  g_autoptr (GPtrArray) cards = g_ptr_array_new ();

  for (guint i = 0; i < detail->chapters->len && i < MAX_CARDS; i++)
    g_ptr_array_add (cards, make_chapter (context, detail, detail->chapters->pdata[i], i + 1));
  finish_row (row, cards);
}

/**
 * bijou_detail_rows_fill_items:
 * @row: a row
 * @context: where pictures come from
 * @items: (element-type BijouItem): titles
 */
void
bijou_detail_rows_fill_items (BijouCardRow *row, BijouContext *context, GPtrArray *items)
{
  g_autoptr (GPtrArray) cards = g_ptr_array_new ();

  for (guint i = 0; i < items->len && i < MAX_CARDS; i++)
    {
      GtkWidget *card = bijou_card_new (context, BIJOU_CARD_POSTER, BIJOU_CARD_BROWSE);

      bijou_card_set_item (BIJOU_CARD (card), items->pdata[i]);
      g_ptr_array_add (cards, card);
    }
  finish_row (row, cards);
}

/**
 * bijou_detail_rows_resize:
 * @row: a row
 * @width_class: of the window
 */
void
bijou_detail_rows_resize (BijouCardRow *row, BijouWidthClass width_class)
{
  g_autoptr (GPtrArray) cards = bijou_card_row_list_cards (row);

  bijou_card_row_set_width_class (row, width_class, TRUE);
  for (guint i = 0; i < cards->len; i++)
    bijou_card_set_width (cards->pdata[i], get_card_width (cards->pdata[i], width_class));
}

static gpointer
list_similar_in_worker (BijouStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  BijouDetail *detail = data;
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < detail->similar->len; i++)
    {
      BijouItem *item =
          bijou_store_get_item (store, detail->item->server_id, detail->similar->pdata[i], NULL);

      if (item != NULL)
        g_ptr_array_add (items, item);
    }
  return items;
}

void
bijou_detail_rows_load_similar_async (BijouContext *context,
                                      BijouDetail *detail,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  bijou_store_run_async (bijou_context_get_store (context), list_similar_in_worker,
                         g_object_ref (detail), g_object_unref, (GDestroyNotify) g_ptr_array_unref,
                         cancellable, callback, user_data);
}

GPtrArray *
bijou_detail_rows_load_similar_finish (BijouContext *context, GAsyncResult *result, GError **error)
{
  return bijou_store_run_finish (bijou_context_get_store (context), result, error);
}

ALTER TABLE "dead_letters" ADD COLUMN "detail" text;
--> statement-breakpoint
ALTER TABLE "dead_letters" ADD COLUMN "edited_row" text;
--> statement-breakpoint
ALTER TABLE "dead_letters" ADD COLUMN "edited_at" timestamp with time zone;
